// Server-sent events, read with `fetch`: EventSource can't send the control plane's token.

/** Each event as `{name, data}`, to the end of the stream. Throws where it is refused, with `status`. */
export async function* events(url, { token = "", signal } = {}) {
  const answer = await fetch(url, { headers: token ? { Authorization: `Bearer ${token}` } : {}, signal });
  if (!answer.ok) throw Object.assign(new Error(`refused with ${answer.status}`), { status: answer.status });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]);
      const data = fields.find(([field]) => field === "data");
      if (data) yield { name: fields.find(([field]) => field === "event")?.[1] ?? "message", data: JSON.parse(data[1]) };
    }
  }
}

/** Goes on for as long as anybody wants it, and tells `tell` of each event, of `lost` and of `found` again. */
export async function keepReading(url, { token, tell, signal }) {
  let lost = false;
  while (!signal?.aborted) {
    try {
      for await (const event of events(url, { token: token(), signal })) {
        if (lost) tell({ name: "found" });
        lost = false;
        tell(event);
      }
    } catch (error) {
      if (error.status === 401) return tell({ name: "refused" });
    }
    if (!lost && !signal?.aborted) tell({ name: "lost" });
    lost = true;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
