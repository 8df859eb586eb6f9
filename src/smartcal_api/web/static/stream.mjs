// What happens on the server, as it happens: by the browser's one stream, or where workers aren't shared by one of this
// tab's own, which ends while nobody looks.
import { askForToken, token } from "./api.mjs";
import { keepReading } from "./reading.mjs";

export function listen(tell) {
  const heard = async (event) => {
    if (event.name !== "refused") return tell(event);
    await askForToken();
    begin();
  };
  let begin;
  if (typeof SharedWorker === "function") {
    const { port } = new SharedWorker("/_sandbox/pages/sharing.mjs", { type: "module", name: "smartcal" });
    port.onmessage = ({ data }) => heard(data);
    begin = () => port.postMessage({ token: token.get() });
    addEventListener("pagehide", () => port.postMessage({ leave: true }));
    addEventListener("pageshow", (event) => event.persisted && location.reload());
  } else {
    let ended = new AbortController();
    begin = () => {
      ended.abort();
      ended = new AbortController();
      if (!document.hidden) keepReading("/_sandbox/stream", { token: token.get, tell: heard, signal: ended.signal });
    };
    document.addEventListener("visibilitychange", () => {
      begin();
      if (!document.hidden) tell({ name: "found" });
    });
  }
  begin();
}
