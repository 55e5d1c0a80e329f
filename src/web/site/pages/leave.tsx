import { isLeaveLink, leaveByLink } from "../../../readers/subscribe.ts";
import type { Ctx } from "../../context.ts";
import { ask, say, tokenIn } from "../notices.tsx";

const unknown = (c: Ctx) => say(c, "链接不完整", <p>请从信里重新打开退订链接；复制的话，要复制完整。</p>, 404);

/** `GET /unsubscribe?token=`: asks for a press of the button. Writes nothing: mail scanners follow links. */
export async function leaveForm(c: Ctx) {
  const token = tokenIn(c);
  if (!(await isLeaveLink(c.get("deps"), token))) return unknown(c);
  return ask(c, "退订邮件", "按下按钮，就不再给您发信。", `/unsubscribe?token=${encodeURIComponent(token)}`, "退订");
}

/**
 * `POST /unsubscribe?token=`: ends it at once, without a question or a login; again, it says the same. Also what a mail
 * program's own button sends (RFC 8058), whose body says nothing new.
 */
export async function leave(c: Ctx) {
  if (!(await leaveByLink(c.get("deps"), tokenIn(c), c.get("now")))) return unknown(c);
  return say(c, "已经退订", <p>不再给您发信，您的邮箱地址也已删除。</p>);
}
