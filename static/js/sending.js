// Owns the queue of sealed boxes on this phone: listed, sent, counted, dropped. Runs in pages, which
// import it, and in the service worker, which cannot and loads it as a plain script. So it gives
// what it offers to the global object.

(() => {
  const DAY_MS = 86_400_000;
  const KEPT_DAYS = 7;
  const AGAIN_MS = 20_000;
  const PATIENCE_MS = 90_000;
  const REFUSALS = "We could not take it: ";

  /** @template T
   * @param {IDBRequest<T>} request
   * @returns {Promise<T>} */
  const asked = (request) => new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });

  /** @returns {Promise<IDBDatabase>} */
  async function open() {
    const request = indexedDB.open("boxes", 1);
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore("boxes", { keyPath: "id" });
      request.result.createObjectStore("parts");
    });
    const database = await asked(request);
    database.addEventListener("versionchange", () => database.close());
    return database;
  }

  /** Runs work on both stores in one transaction, which is on the disk when this ends.
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(boxes: IDBObjectStore, parts: IDBObjectStore) => T} work
   * @returns {Promise<Awaited<T>>} */
  async function within(mode, work) {
    const database = await open();
    try {
      const transaction = database.transaction(["boxes", "parts"], mode, { durability: "strict" });
      const done = new Promise((resolve, reject) => {
        transaction.addEventListener("complete", resolve);
        for (const name of ["abort", "error"]) transaction.addEventListener(name, () => reject(transaction.error));
      });
      const result = work(transaction.objectStore("boxes"), transaction.objectStore("parts"));
      await done;
      return await result;
    } finally {
      database.close();
    }
  }

  const list = () => within("readonly", (boxes) => asked(boxes.getAll()));
  const part = (id, number) => within("readonly", (_, parts) => asked(parts.get([id, number])));

  /** @param {object} box
   * @param {ArrayBuffer[]} sealed */
  async function keep(box, sealed) {
    note(1 + (await list()).length); // before: a sign-out between would empty the store
    await within("readwrite", (boxes, parts) => {
      for (const [number, one] of sealed.entries()) parts.put(one, [box.id, number]);
      boxes.put({ ...box, parts: sealed.length, sent: 0, problem: "" });
    });
    await tell();
  }

  /** @param {string} id */
  async function drop(id) {
    await within("readwrite", (boxes, parts) => {
      boxes.delete(id);
      parts.delete(IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]));
    });
  }

  /** Notes what became of a box, unless it is gone: the worker may send it while a page does.
   * @param {object} box
   * @param {object} news */
  const change = (box, news) => within("readwrite", async (boxes) => {
    Object.assign(box, news);
    const held = await asked(boxes.get(box.id));
    if (held) boxes.put({ ...held, ...news, sent: Math.max(held.sent, news.sent ?? 0) });
  });

  /** Tells the server, at sign-out, that something waits here that only it can open.
   * @param {number} count */
  function note(count) {
    if (typeof document === "undefined") return;
    const age = count ? KEPT_DAYS * 86_400 : 0;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `waiting=${count}; Path=/; Max-Age=${age}; SameSite=Strict${secure}`;
  }

  async function tell() {
    note((await list()).length);
    if (typeof document !== "undefined") document.dispatchEvent(new Event("boxes:changed"));
  }

  /** Sends one part. Returns what was answered, or null where nothing was.
   * @param {object} box
   * @param {number} number
   * @param {boolean} isWriterHere
   * @returns {Promise<{status: number, told: any} | null>} */
  async function put(box, number, isWriterHere = false) {
    const headers = { Accept: "application/json", "X-Stamp": box.stamp, "X-Box-Key": box.key };
    if (isWriterHere) headers["X-Writer"] = "here";
    const address = number ? `/report/boxes/${box.id}/${number}` : `/report/boxes/${box.id}`;
    try {
      const body = await part(box.id, number);
      const response = await fetch(address, { method: "PUT", headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
      const told = await response.json().catch(() => ({}));
      return { status: response.status, told };
    } catch {
      return null;
    }
  }

  const isTaken = (answer) => answer !== null && answer.status < 300;
  const isStop = (answer) => answer === null || answer.status === 429; // whatever follows fares no better
  const isForLater = (answer) => isStop(answer) || answer.status >= 500;

  /** Sends the report of a box, with small copies of its photos.
   * @param {object} box
   * @param {boolean} isWriterHere */
  async function sendReport(box, isWriterHere) {
    const answer = await put(box, 0, isWriterHere);
    if (isTaken(answer)) {
      if (box.parts === 1 || answer.told.parts === 0) await drop(box.id);
      else await change(box, { sent: 1, problem: "" });
    } else if (!isForLater(answer) && !isWriterHere) {
      await refuse(box, answer);
    }
    await noteFull(box, answer);
    await tell();
    return answer;
  }

  /** Says why a box stays, where the server has no room for it; it is tried again.
   * @param {object} box
   * @param {{status: number, told: any} | null} answer */
  async function noteFull(box, answer) {
    if (answer?.told.code === "no-room") await change(box, { problem: answer.told.title });
  }

  /** Sends what is missing of the untouched photos, from where it was cut. Returns the last answer.
   * @param {object} box */
  async function sendPhotos(box) {
    let answer = null;
    while (box.sent < box.parts) {
      answer = await put(box, box.sent);
      if (!isTaken(answer)) {
        if (!isForLater(answer)) return refuse(box, answer);
        await noteFull(box, answer);
        await tell();
        return answer;
      }
      await change(box, { sent: answer.told.missing === 0 ? box.parts : box.sent + 1, problem: "" });
    }
    await drop(box.id);
    await tell();
    return answer ?? { status: 200, told: {} };
  }

  async function refuse(box, answer) {
    await change(box, { problem: answer.told.title ?? `${REFUSALS}${answer.status}` });
    return answer;
  }

  /** One tab at a time; reports do not wait for the photos of others.
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} work
   * @returns {Promise<T>} */
  const alone = (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work());

  /** Sends one box now, while whoever wrote it looks on. Returns the answer; null where none came.
   * @param {string} id
   * @param {() => void} itsTurn Called when no one else can send it any more. */
  function sendNow(id, itsTurn) {
    return alone("boxes: reports", async () => {
      itsTurn();
      const box = await within("readonly", (boxes) => asked(boxes.get(id)));
      return box ? sendReport(box, true) : null;
    });
  }

  /** Sends some boxes. One on which the server fails stays for later, and holds up none behind it.
   * @param {(box: object) => boolean} isWanted
   * @param {(box: object) => Promise<{status: number} | null>} send */
  async function sendEach(isWanted, send) {
    let isDone = true;
    for (const box of (await list()).filter(isWanted)) {
      const answer = await send(box);
      if (isStop(answer)) return { isDone: false, isStopped: true };
      if (isForLater(answer)) isDone = false;
    }
    return { isDone, isStopped: false };
  }

  /** Sends all that waits, but what is too old; says whether it all went. */
  async function sendAll() {
    await dropOld();
    const reports = await alone("boxes: reports", () => sendEach((box) => box.sent === 0, (box) => sendReport(box, false)));
    await tell(); // the worker or another tab may have sent them while this one waited for its turn
    if (reports.isStopped) return false;
    const photos = await alone("boxes: photos", () => sendEach((box) => box.sent > 0, sendPhotos));
    await tell();
    return reports.isDone && photos.isDone;
  }

  async function dropOld() {
    for (const box of await list()) {
      if (daysLeft(box) <= 0) await drop(box.id);
    }
    await tell();
  }

  /** @param {{made: number}} box */
  const daysLeft = (box) => KEPT_DAYS - Math.floor((Date.now() - box.made) / DAY_MS);

  let again = 0;

  /** Sends all in a page, and again a little later while some of it waits. */
  async function keepSending() {
    clearTimeout(again);
    const isDone = await sendAll().catch(() => false);
    if (!isDone && navigator.onLine) again = setTimeout(keepSending, AGAIN_MS);
  }

  globalThis.boxSending = { alone, daysLeft, drop, dropOld, keep, keepSending, list, open, sendAll, sendNow, tell, within };
})();
