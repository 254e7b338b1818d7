/** The live picture: the page asks for each frame when the last one is on the glass, so a slow tablet slows only itself. */

// A camera that is restarted takes a few seconds; after this the socket is opened anew.
const SILENCE_MS = 8_000;
const PAUSE_MS = 1_000;

/** @typedef {{header: import("./types.js").FrameHeader, jpeg: Blob}} PreviewFrame */

/**
 * Split a message: four bytes length (big-endian), JSON header, JPEG.
 * @param {ArrayBuffer} message
 * @returns {PreviewFrame}
 */
export function splitMessage(message) {
  const length = new DataView(message).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, length)));
  return { header, jpeg: new Blob([new Uint8Array(message, 4 + length)], { type: "image/jpeg" }) };
}

export class Preview {
  /**
   * @param {(header: import("./types.js").FrameHeader, picture: ImageBitmap) => void} show draws; called once a frame
   * @param {(flowing: boolean) => void} flow told when pictures come and when they stop
   */
  constructor(show, flow) {
    this.show = show;
    this.flow = flow;
    /** @type {WebSocket|null} */
    this.socket = null;
    this.stopped = true;
    this.timer = 0;
    this.onVisibility = () => (document.hidden ? this.close() : this.open());
  }

  start() {
    this.stopped = false;
    document.addEventListener("visibilitychange", this.onVisibility);
    this.open();
  }

  stop() {
    this.stopped = true;
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.close();
  }

  open() {
    if (this.stopped || this.socket || document.hidden) return;
    clearTimeout(this.timer);
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/preview`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    const ask = (/** @type {number} */ after) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify({ after }));
      this.expectAnswer(socket);
    };
    socket.onopen = () => ask(0);
    socket.onclose = () => this.closed(socket);
    socket.onmessage = async ({ data }) => {
      clearTimeout(this.timer);
      const { header, jpeg } = splitMessage(data);
      const picture = await createImageBitmap(jpeg).catch(() => null);
      if (picture && socket === this.socket) {
        this.show(header, picture);
        this.flow(true);
      }
      picture?.close();
      ask(header.sequence);
    };
    this.expectAnswer(socket);
  }

  close() {
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
  }

  /** @param {WebSocket} socket */
  expectAnswer(socket) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      socket.close();
      this.closed(socket);
    }, SILENCE_MS);
  }

  /** @param {WebSocket} socket */
  closed(socket) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.flow(false);
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.open(), PAUSE_MS);
  }
}
