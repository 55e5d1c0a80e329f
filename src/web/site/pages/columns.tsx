import { listColumnFronts } from "../../../wire/post-store.ts";
import type { Ctx } from "../../context.ts";
import { respond } from "../layout.tsx";
import { columnPath, postPath } from "../paths.ts";

/** `GET /columns`: every column with its newest post. */
export async function columns(c: Ctx) {
  const found = await listColumnFronts(c.get("deps").db);
  return respond(c, {
    title: "专栏",
    description: found.length > 0 ? `专栏：${found.map(({ name }) => name).join("、")}。` : "还没有专栏。",
    path: "/columns",
    children: (
      <>
        <h1>专栏</h1>
        {found.length === 0 && <p class="notice">还没有专栏。</p>}
        <ul class="columns">
          {found.map(({ column, name, uid, title }) => (
            <li>
              <h2>
                <a href={columnPath(column)}>{name}</a>
              </h2>
              {uid === null ? (
                <p>还没有推文</p>
              ) : (
                <p>
                  <a href={postPath(uid)}>{title}</a>
                </p>
              )}
            </li>
          ))}
        </ul>
      </>
    ),
  });
}
