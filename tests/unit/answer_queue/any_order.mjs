// Drives the queue of answers through random orders of events, with a server, a disk and a line that the seed
// commands: typing, going on, sending, lost requests, lost and late replies, kills, closing, another device.
//
// Usage: node any_order.mjs <queue.js> <first seed> <number of runs>. Prints the seed and the broken law of each run that fails.

import { pathToFileURL } from "node:url";

const [file, first, count] = process.argv.slice(2);
const { AnswerQueue, idOf } = await import(pathToFileURL(file).href);

const POSITIONS = [1, 2];
const trace = process.env.TRACE ? console.log : () => {};
const turn = () => new Promise((resolve) => setImmediate(resolve));

function chanceOf(seed) {
  let state = seed * 2654435761 >>> 0;
  return () => { // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function demand(holds, law) { if (!holds) throw new Error(law); }

/** The server's rule of `save_draft`, as content_packages/assessment/answers.py has it. */
class Server {
  items = new Map(POSITIONS.map((position) => [position, { seq: 0, text: "", id: null }]));

  save({ position, seq, id, after, text }) {
    const item = this.items.get(position);
    if (item.id === id || item.text === text) return { status: 200, ok: true, body: { seq: item.seq } };
    if (seq !== item.seq && !this.replaces(id, after, item.id)) {
      return { status: 409, ok: false, body: { html: "both", seq: item.seq, text: item.text } };
    }
    Object.assign(item, { seq: item.seq + 1, text, id });
    return { status: 200, ok: true, body: { seq: item.seq } };
  }

  replaces(id, after, kept) {
    const parts = (one) => [one.slice(0, one.lastIndexOf("-")), Number(one.slice(one.lastIndexOf("-") + 1))];
    if (!kept) return false;
    const [name, number] = parts(kept);
    const own = [parts(id), ...after.map((one) => [parts(one)[0], parts(one)[1] + 1])];
    return own.some(([mine, newer]) => mine === name && number < newer);
  }
}

class World {
  constructor(seed) {
    this.chance = chanceOf(seed);
    this.server = new Server();
    this.disk = new Map();
    this.events = []; // what may happen next, in any order
    this.isOnline = true;
    this.now = 0;
    this.names = 0;
    this.typed = 0;
    this.secured = new Map(POSITIONS.map((position) => [position, 0]));
    /** name of saves -> texts that the page which wrote them had shown to the learner */
    this.seenBy = new Map();
    /** Positions of which a dying page sent an answer that it had not kept: the next page cannot know of it. */
    this.unknown = new Set();
    this.conflicts = 0;
    this.othersSaves = 0;
  }

  pick(list) { return list[Math.floor(this.chance() * list.length)]; }

  /** Puts off something of a page; it does not happen once the page is dead. */
  later(page, act) { this.events.push({ page, act }); }

  async happen() {
    const live = this.events.filter(({ page }) => !page || page.isAlive);
    if (!live.length) return false;
    const event = this.pick(live);
    this.events.splice(this.events.indexOf(event), 1);
    event.act();
    await turn();
    return true;
  }
}

class Page {
  constructor(world) {
    this.world = world;
    this.isAlive = true;
    this.state = "";
    this.diskWork = [];
    this.seen = new Set();
    this.shown = world.pick(POSITIONS);
    this.forms = new Map(POSITIONS.map((position) => [position, this.load(position)]));
    const keep = { put: (record) => this.put(record), remove: (row) => this.remove(row) };
    this.queue = new AnswerQueue(keep, this, {
      newName: () => {
        world.seenBy.set(`name${++world.names}`, this.seen);
        return `name${world.names}`;
      },
      now: () => ++world.now,
      later: (ms, act) => world.later(this, act),
      cancel: () => {},
    });
    world.later(this, () => this.restore());
  }

  load(position) {
    const { text, seq } = this.world.server.items.get(position);
    this.seen.add(text);
    return { text, acknowledged: text, seq };
  }

  put(record) {
    const { name, number, position, seq, written, at, after } = record;
    return this.onDisk((disk) => {
      disk.set(name, { name, number, position, seq, written, at, after: [...after] });
      return true;
    });
  }

  remove({ name, number }) {
    return this.onDisk((disk) => { if ((disk.get(name)?.number ?? Infinity) <= number) disk.delete(name); });
  }

  /** Transactions of one page finish in the order in which they were asked for; a killed page's do not at all. */
  onDisk(work) {
    return new Promise((resolve) => {
      this.diskWork.push(() => resolve(work(this.world.disk)));
      this.world.later(this, () => this.diskWork.shift()());
    });
  }

  restore() {
    trace("restore");
    this.isRestored = true;
    const rows = [...this.world.disk.values()].sort((one, other) => one.at - other.at);
    this.collect();
    for (const record of this.queue.adopt(rows)) {
      const form = this.forms.get(record.position);
      if (form.text !== record.written.trim()) this.seen.delete(form.text);
      form.text = record.written;
      this.state = "kept";
    }
    if (this.queue.size) this.queue.flush();
  }

  // What the queue asks of its page.

  collect() {
    const form = this.forms.get(this.shown);
    if (!this.queue.waiting.has(this.shown) && form.acknowledged === form.text) return;
    this.queue.take({ position: this.shown, written: form.text, seq: form.seq });
  }

  send(record, { keepalive = false } = {}) {
    const { world } = this;
    if (keepalive && !record.isKept) world.unknown.add(record.position);
    const request = { position: record.position, seq: record.seq, id: idOf(record), after: [...record.after], text: record.written.trim() };
    if (!world.isOnline) return Promise.reject(new Error("offline"));
    return new Promise((resolve, reject) => {
      if (world.chance() < 0.15) return world.later(this, () => reject(new Error("lost on the way")));
      // It may arrive long after its page has given it up, or died.
      world.later(null, () => {
        const overwritten = world.server.items.get(record.position);
        const { text, id } = overwritten;
        const reply = world.server.save(request);
        trace("server", JSON.stringify(request), "->", reply.status, JSON.stringify(reply.body));
        if (reply.ok && id?.startsWith("other") && overwritten.text !== text) {
          const writers = [record.name, ...record.after.map((one) => one.split("-")[0])];
          demand(writers.some((name) => world.seenBy.get(name).has(text)), "another's answer was overwritten unseen");
        }
        if (world.chance() < 0.2) return;
        world.later(this, () => resolve(reply));
      });
      if (world.chance() < 0.25) world.later(this, () => reject(new Error("no reply in time")));
      else world.later(this, () => world.later(this, () => world.later(this, () => reject(new Error("no reply")))));
    });
  }

  kept(record) {
    const form = this.forms.get(record.position);
    this.secure(record.position, record.written);
    if (record.position === this.shown && form.text === record.written) this.state = "kept";
  }

  saved(record, body) {
    Object.assign(this.forms.get(record.position), { acknowledged: record.written, seq: body.seq });
  }

  done() {
    trace("done", JSON.stringify([...this.forms]));
    this.state = "saved";
    if (!this.isRestored) return;
    for (const [position, form] of this.forms) {
      if (this.world.othersSaves || this.world.unknown.has(position)) continue; // Somebody may have gone on since.
      demand(this.world.server.items.get(position).text === form.text.trim(), "said `saved`, and the server has something else");
      this.secure(position, form.text);
    }
  }

  conflict(record, { seq, text }) {
    trace("conflict", idOf(record), record.written);
    if (!this.world.unknown.has(record.position)) this.world.conflicts += 1;
    this.world.secured.set(record.position, 0); // Both were shown; the learner decides.
    this.seen.add(text);
    this.forms.set(record.position, { text, acknowledged: text, seq });
  }

  saving() {}
  waiting() {}
  expired() { demand(false, "expired"); }
  refused() { demand(false, "refused"); }

  // What a learner does.

  type() {
    const { world } = this;
    const form = this.forms.get(this.shown);
    trace("type at", this.shown, world.typed + 1, JSON.stringify(form.text));
    form.text = world.chance() < 0.2 && this.isRestored && form.text.trim() ? `${form.text} ` : `${++world.typed}`;
    this.state = "changed";
    world.later(this, () => { this.collect(); this.queue.flush(); });
  }

  goOn() {
    this.collect();
    this.queue.flush();
    this.shown = this.world.pick(POSITIONS);
  }

  secure(position, text) {
    this.world.secured.set(position, Math.max(this.world.secured.get(position), Number(text.trim())));
  }
}

async function study(world, { isShared }) {
  let page = new Page(world);
  for (let step = 0; step < 60; step += 1) {
    const dice = world.chance();
    if (dice < 0.2) page.type();
    else if (dice < 0.28) page.goOn();
    else if (dice < 0.33) world.isOnline = !world.isOnline;
    else if (dice < 0.36) page.queue.flush();
    else if (dice < 0.39) page.queue.lastChance();
    else if (dice < 0.44) {
      if (world.chance() < 0.5) page.queue.lastChance();
      trace("kill");
      page.isAlive = false; // killed: nothing of it happens any more, what is on the line may still arrive
      page = new Page(world);
    } else if (isShared && dice < 0.48) {
      const position = world.pick(POSITIONS);
      world.othersSaves += 1;
      Object.assign(world.server.items.get(position), { text: `${++world.typed}`, id: `other-${world.typed}` }).seq += 1;
    } else await world.happen();
    await turn();
  }
  return page;
}

async function run(seed) {
  const world = new World(seed);
  const isShared = seed % 3 === 0;
  let page = await study(world, { isShared });
  if (world.chance() < 0.5) { page.isAlive = false; page = new Page(world); }
  world.isOnline = true;
  for (let step = 0; step < 5000 && (await world.happen()); step += 1);
  page.queue.flush();
  for (let step = 0; step < 5000 && (await world.happen()); step += 1);

  demand(page.queue.size === 0 && page.state !== "changed", "something waits for ever");
  demand(world.disk.size === 0, "an acknowledged answer stays in the browser");
  if (isShared) return;
  demand(world.conflicts === 0, "a learner alone met a conflict");
  for (const position of POSITIONS) {
    const text = world.server.items.get(position).text;
    if (world.unknown.has(position)) continue;
    demand(text === page.forms.get(position).text.trim(), "the page and the server differ at the end");
    demand(Number(text) >= world.secured.get(position), "an answer that was kept is lost");
  }
}

let broken = 0;
/** A law broken inside the queue's own promises. */
let hidden = null;
process.on("unhandledRejection", (refused) => { hidden ??= refused; });
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  try { hidden = null; await run(seed); if (hidden) throw hidden; } catch (refused) { broken += 1; console.log(`${seed}: ${refused.message}`); }
}
console.log(`${count} runs, ${broken} broken`);
process.exit(broken ? 1 : 0);
