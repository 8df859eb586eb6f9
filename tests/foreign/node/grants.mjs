// Authorization codes and the tokens that they are exchanged for: RFC 6749, with PKCE by RFC 7636.
import { createHash, timingSafeEqual } from "node:crypto";

const CODE_LIFE = 10 * 60_000;
const TOKEN_LIFE = 2 * 3_600_000;
const s256 = (verifier) => createHash("sha256").update(verifier).digest("base64url");
const same = (a, b) => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
};

export class Grants {
  constructor(site) {
    Object.assign(this, { site, bugs: site.bugs, codes: new Map() });
  }

  client(id) {
    return this.site.clients.find((each) => each.id === id);
  }

  proves(client, secret) {
    if (secret === undefined) return this.bugs.has("no-secret-needed");
    if (this.bugs.has("secret-by-its-beginning")) return secret.length > 7 && client.secret.startsWith(secret);
    return same(secret, client.secret);
  }

  code(client, uri, scopes, challenge) {
    const value = this.site.secret(32);
    this.codes.set(value, { client, uri, scopes, challenge, until: Date.now() + CODE_LIFE, tokens: [], usedAt: null });
    return value;
  }

  // The token's form, or null where the grant isn't good.
  exchange(client, value, uri, verifier) {
    const code = this.codes.get(value);
    if (!code || code.until < Date.now()) return null;
    if (code.client !== client && !this.bugs.has("code-of-any-client")) return null;
    if (code.uri !== uri) return null;
    if (code.challenge && !this.meets(code.challenge, verifier)) return null;
    const again = code.usedAt !== null;
    if (again && !(this.bugs.has("code-works-for-a-second") && Date.now() - code.usedAt < 1_000)) {
      code.tokens.forEach((token) => this.site.keys.delete(token)); // a code that is used twice was stolen
      return null;
    }
    code.usedAt ??= Date.now();
    const token = this.site.secret(32);
    code.tokens.push(token);
    const until = Date.now() + TOKEN_LIFE;
    this.site.keys.set(token, { account: this.site.accounts[0], scopes: code.scopes, kind: "token", value: token, until });
    return { access_token: token, token_type: "bearer", expires_in: TOKEN_LIFE / 1000, scope: code.scopes.join(" ") };
  }

  meets(challenge, verifier) {
    if (verifier === undefined) return false;
    if (this.bugs.has("challenge-is-its-own-verifier") && verifier === challenge) return true;
    return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && same(s256(verifier), challenge);
  }
}
