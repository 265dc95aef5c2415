// The one WebSocket of this tab: it comes back by itself, and says when it is gone.

const SILENCE_MS = 3500; // the server says something every second
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

export class Link {
  #socket = null;
  #want = "{}";
  #heard = 0;
  #wait = FIRST_WAIT_MS;
  #onFrame;
  #onChange;

  /** Keep a line open: onFrame(frame) for what comes, onChange(up) when it breaks or comes back. */
  constructor(onFrame, onChange) {
    this.#onFrame = onFrame;
    this.#onChange = onChange;
    this.up = false;
    this.#open();
    setInterval(() => this.#check(), 500);
  }

  /** Say what this tab wants to see: { filter, watch }. */
  want(wanted) {
    this.#want = JSON.stringify(wanted);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(this.#want);
  }

  #open() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/watch`);
    this.#socket = socket;
    this.#heard = performance.now();
    socket.onopen = () => socket.send(this.#want);
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = () => {
      this.#set(false);
      if (this.#socket === socket) setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
    };
  }

  #hear(frame) {
    this.#heard = performance.now();
    this.#wait = FIRST_WAIT_MS;
    this.#set(true);
    this.#onFrame(frame);
  }

  #check() {
    const silent = performance.now() - this.#heard;
    if (silent < SILENCE_MS) return;
    this.#set(false);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(); // a line gone half dead
  }

  #set(up) {
    if (up === this.up) return;
    this.up = up;
    this.#onChange(up);
  }
}
