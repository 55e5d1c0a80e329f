import type { Ctx } from "../../context.ts";
import { respond } from "../layout.tsx";

/** 404 for a person. */
export function missing(c: Ctx) {
  return respond(
    c,
    {
      title: "没有这个页面",
      description: "没有这个页面。",
      path: null,
      children: (
        <div class="notice">
          <h1>没有这个页面</h1>
          <p>地址可能抄错了，也可能这里从来没有过内容。</p>
          <p>
            <a href="/">回到首页</a>
          </p>
        </div>
      ),
    },
    404,
  );
}
