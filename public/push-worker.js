// Shows what the office pushes, and leads to it. It keeps nothing and stands before no page.

const TITLE = "刊发";

function noticeOf(data) {
  try {
    return data.json();
  } catch {
    return {};
  }
}

self.addEventListener("push", (event) => {
  const { title = TITLE, body = "", url = null, tag } = event.data ? noticeOf(event.data) : {};
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, lang: "zh-CN", icon: "/icon.svg", data: { url } }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { origin } = self.location;
  const url = new URL(event.notification.data?.url ?? "/", origin);
  event.waitUntil(self.clients.openWindow(url.origin === origin ? url.href : "/"));
});

// A browser may change its address by itself; the old one ends when the push service says that it is gone.
self.addEventListener("pushsubscriptionchange", (event) => {
  const again = async () => {
    const { key } = await (await fetch("/push/key")).json();
    const subscription =
      event.newSubscription ??
      (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    await fetch("/push/subscriptions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(subscription.toJSON()),
    });
  };
  event.waitUntil(again());
});
