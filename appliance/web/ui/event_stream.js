/**
 * Server-sent events read through fetch. The browser's EventSource hides the status of a refusal and the heartbeat
 * comments; with them a lost pairing is told from a lost network, and a connection that died silently is noticed.
 */

/** @typedef {{name: string, id: number, data: any}} StationEvent */

/** @param {ReadableStream<Uint8Array>} body @param {() => void} onBytes @param {(event: StationEvent) => void} onEvent */
export async function readEvents(body, onBytes, onEvent) {
  const reader = body
    .pipeThrough(/** @type {ReadableWritablePair<string, Uint8Array>} */ (new TextDecoderStream()))
    .getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const blocks = (rest + value).replace(/\r\n?/g, "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) onEvent(event);
    }
  }
}

/**
 * @param {string} block the lines of one event
 * @returns {StationEvent|null} null for comments
 */
export function parseBlock(block) {
  let name = "message";
  let id = Number.NaN;
  const data = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    const field = line.slice(0, colon);
    if (field === "event") name = value;
    else if (field === "id") id = Number(value);
    else if (field === "data") data.push(value);
  }
  return data.length === 0 ? null : { name, id, data: JSON.parse(data.join("\n")) };
}
