// Answers that the server has not acknowledged yet, kept in the browser (IndexedDB) until it has: one row for
// each question and page, always the newest answer. Where the browser keeps nothing (blocked storage in a
// frame), they live as long as the page.

const NAME = "cchc-unsent-answers";
const STORE = "unsent";
/** A browser's storage may hang, for example after it was killed; answers must travel all the same. */
const SLOW_DISK_MS = 3000;
const FORGET_AFTER_MS = 30 * 24 * 3600 * 1000;

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: "name" }).createIndex("attempt", "attempt");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** Promise of a finished transaction, with what `work` asked for. */
function run(database, mode, durability, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

function inTime(promise, otherwise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, SLOW_DISK_MS, otherwise))]);
}

/** Every method answers within seconds, also when the browser's storage does not. */
export class Outbox {
  /** @param attempt names the attempt; the address does not, because each launch has another. */
  constructor(attempt) {
    this.attempt = attempt;
    this.database = Promise.resolve().then(open).catch(() => null);
  }

  /** Keeps a save instead of the older one of its name; resolves to whether the browser has really kept it. */
  put(record) { return inTime(this.#put(record), false); }

  async #put({ name, number, position, seq, written, at, after }) {
    const row = { name, number, position, seq, written, at, after, attempt: this.attempt };
    const database = await this.database;
    if (!database) return false;
    return run(database, "readwrite", "strict", (store) => store.put(row)).then(() => true, () => false);
  }

  /** Forgets a save and older ones of its name; a newer one, perhaps of another tab, stays. */
  remove(row) { return inTime(this.#remove(row)); }

  async #remove({ name, number }) {
    const database = await this.database;
    if (!database) return;
    const forget = (store) => {
      const asked = store.get(name);
      asked.onsuccess = () => { if (asked.result && asked.result.number <= number) store.delete(name); };
      return asked;
    };
    // Should the deletion be lost with the power, the save is sent once more, which changes nothing.
    await run(database, "readwrite", "relaxed", forget).catch(() => {});
  }

  /** What pages of the attempt have not sent, oldest first. Leftovers of long ago are forgotten. */
  left() { return inTime(this.#left(), []); }

  async #left() {
    const database = await this.database;
    if (!database) return [];
    const mine = (store) => store.index("attempt").getAll(this.attempt);
    const kept = await run(database, "readonly", "relaxed", mine).catch(() => []);
    const fresh = kept.filter((row) => row.at > Date.now() - FORGET_AFTER_MS);
    kept.filter((row) => !fresh.includes(row)).forEach((row) => this.remove(row));
    return fresh.sort((one, other) => one.at - other.at);
  }
}
