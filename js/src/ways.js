"use strict";
// The ways to start a server on this machine, the best first: each says which command it is, and how it is told.
const { accessSync, constants } = require("node:fs");
const { spawnSync } = require("node:child_process");
const { delimiter, join } = require("node:path");

const PACKAGE = "smartcal-api";
const IMAGE = "smartcal";

/**
 * The first way that there is, or undefined. `command` and `args` start a server whose flags `flags({ port, ready })`
 * gives; `here` is how that server reaches this machine, `ready` whether it writes a ready file.
 */
function way(environment = process.env, platform = process.platform) {
  const flags = ({ ready, keeper }) => ["serve", "--port", "0", "--ready-file", ready, "--stop-with", String(keeper)];
  const own = { here: "127.0.0.1", ready: true, flags };
  if (found("smartcal", environment, platform)) {
    return { ...own, said: "`smartcal` on the path", command: "smartcal", args: [] };
  }
  if (found("uvx", environment, platform)) {
    const wanted = environment.SMARTCAL_PACKAGE || PACKAGE;
    return { ...own, said: `uvx, from ${wanted}`, command: "uvx", args: ["--from", wanted, "smartcal"] };
  }
  const image = environment.SMARTCAL_IMAGE || IMAGE;
  for (const command of ["docker", "podman"]) {
    if (found(command, environment, platform) && there(command, image, environment)) {
      return { said: `${command}, from the image ${image}`, command, ...container(image, platform) };
    }
  }
  return undefined;
}

/** On Linux a container shares this machine's network, and reaches what listens on loopback; elsewhere by a name. */
function container(image, platform) {
  const token = ["--env", "SMARTCAL_CONTROL_TOKEN"];
  if (platform === "linux") {
    const flags = ({ port }) => ["serve", "--host", "127.0.0.1", "--port", String(port)];
    return { here: "127.0.0.1", ready: false, args: ["run", "--rm", "--network", "host", ...token, image], flags };
  }
  const here = "host.docker.internal";
  const flags = ({ port }) => [`127.0.0.1:${port}:8080`, ...token, image, "serve", "--allow-receiver", here];
  return { here, ready: false, args: ["run", "--rm", "--publish"], flags };
}

function found(name, environment, platform) {
  const endings = platform === "win32" ? [".exe"] : [""];
  const folders = (environment.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.some((folder) => endings.some((ending) => executable(join(folder, name + ending))));
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function there(command, image, env) {
  return spawnSync(command, ["image", "inspect", image], { env, stdio: "ignore" }).status === 0;
}

const NO_WAY = `There is no SmartCal server to test with, and nothing here that starts one. Any of these will do:
  pip install .                                   in a clone of SmartCal (or pipx, or uv tool): \`smartcal\` is on the path
  SMARTCAL_PACKAGE=../smartcal                    with uv (https://docs.astral.sh/uv): uvx runs that clone, or an address of git
  docker build -t ${IMAGE} -f Containerfile .    in a clone of SmartCal: the image, for docker or podman
  SMARTCAL_CONTROL_URL=http://HOST:PORT/_sandbox  a server that runs already`;

module.exports = { NO_WAY, way };
