// The button for notifications of new posts. It appears only where a browser can show them, and asks only when pressed.

const WORDS = {
  off: "开启新推文通知",
  offer: "有新推文时浏览器会通知您，不用留下邮箱。",
  on: "关闭新推文通知",
  asked: "浏览器没有允许通知。可以在浏览器的网站设置里改。",
  failed: "没有成功，请稍后再试。",
  done: "已开启：有新推文时会通知您。",
  ended: "已关闭。",
};

const json = (method, body) => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** What is ticked in the form around the button; nothing means all. */
function chosen(element) {
  const form = element.closest("form");
  if (!form) return {};
  const data = new FormData(form);
  const publications = data.getAll("publication");
  const columns = data.getAll("column");
  return { ...(publications.length > 0 && { publications }), ...(columns.length > 0 && { columns }) };
}

async function sendOk(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}

class PushButton extends HTMLElement {
  #button = document.createElement("button");
  #words = document.createElement("p");

  async connectedCallback() {
    if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
    this.#button.type = "button";
    this.#words.setAttribute("role", "status");
    for (const choices of this.closest("form")?.querySelectorAll(".choices") ?? []) choices.hidden = false;
    this.#button.addEventListener("click", () => this.#press());
    this.#show((await this.#current()) !== null);
    this.replaceChildren(this.#button, this.#words);
  }

  async #current() {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return (await registration?.pushManager.getSubscription()) ?? null;
  }

  #show(on, words = on ? "" : WORDS.offer) {
    this.#button.textContent = on ? WORDS.on : WORDS.off;
    this.#words.textContent = words;
  }

  async #press() {
    this.#button.disabled = true;
    const subscription = await this.#current();
    try {
      if (subscription) await this.#end(subscription);
      else await this.#begin();
    } catch {
      this.#show((await this.#current()) !== null, WORDS.failed);
    }
    this.#button.disabled = false;
  }

  async #begin() {
    if ((await Notification.requestPermission()) !== "granted") return this.#show(false, WORDS.asked);
    const { key } = await (await sendOk("/push/key")).json();
    await navigator.serviceWorker.register("/push-worker.js", { scope: "/" });
    const registration = await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    try {
      await sendOk("/push/subscriptions", json("POST", { ...subscription.toJSON(), ...chosen(this) }));
    } catch (error) {
      // The office does not know of it: the browser must not believe otherwise.
      await subscription.unsubscribe();
      throw error;
    }
    this.#show(true, WORDS.done);
  }

  async #end(subscription) {
    const { endpoint, keys } = subscription.toJSON();
    await sendOk("/push/subscriptions", json("DELETE", { endpoint, auth: keys.auth }));
    await subscription.unsubscribe();
    this.#show(false, WORDS.ended);
  }
}

customElements.define("push-button", PushButton);
