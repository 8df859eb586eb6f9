// A worker that all tabs of a browser share: it holds the one stream, since six of them would use up its connections.
import { keepReading } from "./reading.mjs";

const ports = new Set();
let token = "";
let reading = false;
let sandboxes = null;

onconnect = ({ ports: [port] }) => {
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data.leave) return ports.delete(port);
    token = data.token ?? token;
    if (sandboxes) port.postMessage(sandboxes);
    if (!reading) read();
  };
};

async function read() {
  reading = true;
  await keepReading("/_sandbox/stream", { token: () => token, tell });
  reading = false;
}

function tell(event) {
  if (event.name === "sandboxes") sandboxes = event;
  for (const port of ports) port.postMessage(event);
}
