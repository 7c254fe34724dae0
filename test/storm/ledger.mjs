/**
 * The accounts of one playing session: every datagram that left the client, and what happened to it at the server. A frame is identified
 * on the wire by SSRC and RTP sequence, encrypted or not, and in the play's events by its `position` in the song.
 */

const FRAME_MS = 20;
/** Content of a test frame: `FC`, its index as u16, a filler. */
const INDEXES = 0x1_0000;
/** ms around a window, for datagrams in transit when it began or ended. */
const FLIGHT_MS = 100;

const indexOf = (payload) => (payload.length === 4 && payload[0] === 0xfc ? (payload[1] << 8) | payload[2] : -1);
const isSilence = (payload) => payload.length === 3 && payload[0] === 0xf8;
/** A double holds the 32 bits of SSRC and 16 bits of sequence exactly. */
const keyOf = (ssrc, sequence) => ssrc * INDEXES + sequence;

export class Ledger {
  /** Whether the server can read the frames, so that they can be compared with what the play reports as sent. */
  #readable;
  /** Index in the song → key on the wire. */
  #sent = [];
  #keys = new Map();
  #datagrams = new Map();
  #last = [0, 0];
  #accepted = [];
  /** Key → what a datagram rule did to it. */
  #fates = new Map();
  /** SSRC → number of datagrams refused because the SSRC's session had ended. */
  #refused = new Map();
  /** SSRC → when the server ended its session, ms. */
  #ended = new Map();
  #windows = [];
  #violations = [];
  #heard = new Set();
  #lastHeard = -1;

  constructor({ readable }) {
    this.#readable = readable;
  }

  get framesSent() {
    return this.#sent.length;
  }

  get framesAccepted() {
    return this.#accepted.length;
  }

  get framesHeard() {
    return this.#heard.size;
  }

  /** Whether the last sent datagram is the last that the server opened. */
  get hasAll() {
    return this.#accepted.at(-1)?.key === keyOf(...this.#last);
  }

  get violations() {
    return this.#violations;
  }

  violation(text) {
    this.#violations.push(text);
  }

  /** Records a datagram, with sound or silence, just before the client sends it. */
  datagram(ssrc, sequence, at) {
    this.#last = [ssrc, sequence];
    const key = keyOf(ssrc, sequence);
    if (this.#datagrams.has(key)) this.violation(`SSRC ${ssrc}: sequence ${sequence} was sent twice`);
    this.#datagrams.set(key, at);
  }

  /** Records that the play reports a sent frame, which must be that of the last datagram. */
  sent({ sequence, position }) {
    const [ssrc, last] = this.#last;
    const index = position / FRAME_MS;
    if (sequence !== last) this.violation(`frame ${index}: the play tells sequence ${sequence}, the datagram ${last}`);
    if (index !== this.#sent.length) this.violation(`frame ${index} was sent where ${this.#sent.length} was due`);
    const key = keyOf(ssrc, sequence);
    this.#sent.push(key);
    this.#keys.set(key, index);
  }

  /** Records a packet that the server opened. */
  accepted({ ssrc, sequence, payload }) {
    const index = this.#readable ? indexOf(payload) : -1;
    this.#accepted.push({ key: keyOf(ssrc, sequence), index });
  }

  /** Records a datagram that the server rejected. */
  refused({ reason, ssrc }) {
    if (reason === 'unknown-ssrc') this.#refused.set(ssrc, (this.#refused.get(ssrc) ?? 0) + 1);
    else this.violation(`a datagram of SSRC ${ssrc} was ${reason}`);
  }

  /** Records that the server ended a session permanently. */
  ended({ ssrc }, at) {
    this.#ended.set(ssrc, at);
  }

  /** Records that a datagram rule of the storm lost, duplicated or delayed an inbound datagram. */
  fate(ssrc, sequence, what) {
    this.#fates.set(keyOf(ssrc, sequence), what);
  }

  /** Records that a fault left the server's port closed from `from` to `to` (ms). */
  window(from, to) {
    this.#windows.push([from - FLIGHT_MS, to + FLIGHT_MS]);
  }

  /** Records a frame that another member heard. */
  heard(ssrc, sequence, frame) {
    const key = keyOf(ssrc, sequence);
    const index = this.#keys.get(key);
    if (index === undefined || isSilence(frame)) return;
    const again = this.#heard.has(index);
    this.#heard.add(index);
    if (indexOf(frame) !== index % INDEXES) this.violation(`frame ${index} was heard as ${indexOf(frame)}`);
    if (this.#fates.has(key)) return;
    if (again) this.violation(`frame ${index} was heard twice`);
    else if (index < this.#lastHeard) this.violation(`frame ${index} was heard after ${this.#lastHeard}`);
    this.#lastHeard = Math.max(index, this.#lastHeard);
  }

  /**
   * Sums up. `unheard` are frames sent into a session that the server had already ended, before the client could know: the only
   * frames that may be missing if no datagram was lost by rule and no port was closed. `blind` is the longest time, in ms, between the
   * end of a session and a frame sent into it, and `blindAt` the time of that frame.
   */
  audit() {
    const times = this.#checkArrivals();
    /** SSRC → position, in sending order, of its last datagram that arrived. */
    const newest = new Map();
    let order = 0;
    for (const key of this.#datagrams.keys()) {
      order += 1;
      if (times.has(key)) newest.set(Math.floor(key / INDEXES), order);
    }
    order = 0;
    const totals = { sent: this.#sent.length, arrived: 0, doubledByRule: 0, lostByRule: 0, unheard: 0, blind: 0, blindAt: 0, deaf: 0, unaccounted: 0 };
    /** SSRC → missing datagrams that only the end of its session can explain. */
    const gone = new Map();
    for (const [key, at] of this.#datagrams) {
      order += 1;
      const frame = this.#keys.has(key);
      const fate = this.#fates.get(key);
      if (times.has(key)) {
        if (frame) totals.arrived += 1;
        if (frame && times.get(key) > 1) totals.doubledByRule += 1;
      } else if (fate === 'drop') {
        if (frame) totals.lostByRule += 1;
      } else if (this.#windows.some(([from, to]) => at >= from && at <= to)) {
        if (frame) totals.deaf += 1;
      } else {
        const ssrc = Math.floor(key / INDEXES);
        const of = gone.get(ssrc) ?? { frames: 0, datagrams: 0, delayed: 0, last: at };
        gone.set(ssrc, of);
        of.datagrams += 1;
        of.last = at;
        if (typeof fate === 'number') of.delayed += 1;
        if (frame) of.frames += 1;
        const blind = at - (this.#ended.get(ssrc) ?? Infinity);
        if (blind > totals.blind) Object.assign(totals, { blind, blindAt: at });
        // Only datagrams sent after the end of a session may be lost.
        if (typeof fate !== 'number' && order < (newest.get(ssrc) ?? 0)) {
          totals.unaccounted += 1;
          this.violation(`SSRC ${ssrc}: sequence ${key % INDEXES} is missing, and later ones came`);
        }
      }
    }
    for (const [ssrc, { frames, datagrams, delayed, last }] of gone) {
      const refused = this.#refused.get(ssrc) ?? 0;
      // A datagram that a rule delays beyond the end of its session is dropped without being counted.
      const open = Math.max(0, datagrams - refused - delayed);
      totals.unheard += frames;
      totals.unaccounted += open;
      if (open === 0) continue;
      const from = (at) => (at === undefined ? 'never' : `${Math.round(last - at)} ms before`);
      const closed = this.#windows.map(([begin]) => begin + FLIGHT_MS).sort((a, b) => Math.abs(a - last) - Math.abs(b - last))[0];
      const when = `the last was sent at ${Math.round(last)}, its session ended ${from(this.#ended.get(ssrc))}, the port was closed ${from(closed)}`;
      this.violation(`SSRC ${ssrc}: ${open} datagrams vanished: ${datagrams} sent and not taken, ${refused} refused; ${when}`);
    }
    return { ...totals, datagrams: this.#datagrams.size, heard: this.#heard.size, violations: this.#violations };
  }

  /** Checks order and number of the arrivals; returns how often each key came. */
  #checkArrivals() {
    const times = new Map();
    let last = -1;
    for (const { key, index } of this.#accepted) {
      times.set(key, (times.get(key) ?? 0) + 1);
      const sent = this.#keys.get(key);
      const [ssrc, sequence] = [Math.floor(key / INDEXES), key % INDEXES];
      if (!this.#datagrams.has(key)) this.violation(`SSRC ${ssrc}: sequence ${sequence} arrived and was never sent`);
      if (this.#readable && index !== (sent === undefined ? -1 : sent % INDEXES))
        this.violation(`SSRC ${ssrc}, sequence ${sequence}: frame ${sent ?? 'of silence'} arrived as ${index}`);
      const fate = this.#fates.get(key);
      if (times.get(key) > (fate === 'duplicate' ? 2 : 1)) this.violation(`frame ${sent} arrived twice`);
      if (sent === undefined || fate !== undefined) continue;
      if (sent <= last) this.violation(`frame ${sent} arrived after frame ${last}`);
      last = Math.max(last, sent);
    }
    return times;
  }
}
