/** `/api/docs`: the OpenAPI description as a page that reads without script. */
import { Hono } from "hono";
import type { App } from "../context.ts";

interface Described {
  summary?: string;
  tags?: string[];
  security?: { bearer: string[] }[];
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    schema?: { type?: string; enum?: string[]; default?: unknown };
  }[];
  requestBody?: { content: Record<string, { schema: { properties?: Record<string, Property>; required?: string[] } }> };
  responses?: Record<string, { description: string }>;
}

interface Property {
  type?: string;
  enum?: unknown[];
  default?: unknown;
  anyOf?: Property[];
  items?: Property;
}

export interface Description {
  info: { title: string; description?: string };
  paths: Record<string, Record<string, Described>>;
}

const typeOf = (property: Property | undefined): string => {
  if (!property) return "";
  if (property.enum) return property.enum.map(String).join(" | ");
  if (property.anyOf) return property.anyOf.map(typeOf).join(" | ");
  if (property.type === "array") return `[${typeOf(property.items)}]`;
  return property.type ?? "any";
};

/** The page's routes, over the description that `describe` gives. */
export function docs(describe: () => Promise<Description>) {
  const pages = new Hono<App>();
  pages.get("/api/docs", async (c) => {
    const api = await describe();
    const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, what]) => ({ path, method: method.toUpperCase(), ...what })),
    );
    const tags = [...new Set(operations.flatMap((operation) => operation.tags ?? []))];
    c.header(
      "content-security-policy",
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    return c.html(
      <html lang="zh-CN">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{api.info.title}</title>
          <link rel="stylesheet" href="/api-docs.css" />
        </head>
        <body>
          <main>
            <h1>{api.info.title}</h1>
            <p>{api.info.description}</p>
            <p>
              机器可读的说明：<a href="/api/openapi.json">/api/openapi.json</a>
            </p>
            {tags.map((tag) => (
              <section id={tag}>
                <h2>{tag}</h2>
                {operations
                  .filter((operation) => operation.tags?.includes(tag))
                  .map((operation) => (
                    <details>
                      <summary>
                        <code class={operation.method.toLowerCase()}>{operation.method}</code>{" "}
                        <code>{operation.path}</code> <span>{operation.summary}</span>
                      </summary>
                      <Operation {...operation} />
                    </details>
                  ))}
              </section>
            ))}
          </main>
        </body>
      </html>,
    );
  });
  return pages;
}

function Operation({ security, parameters, requestBody, responses }: Described) {
  const [[type, body] = []] = Object.entries(requestBody?.content ?? {});
  return (
    <>
      <p>{security ? `权限：${security.flatMap((s) => s.bearer).join("、")}` : "无需令牌"}</p>
      {parameters && parameters.length > 0 && (
        <table>
          <caption>参数</caption>
          {parameters.map((p) => (
            <tr>
              <th scope="row">{p.name}</th>
              <td>{p.in}</td>
              <td>{typeOf(p.schema)}</td>
              <td>{p.required ? "必填" : ""}</td>
            </tr>
          ))}
        </table>
      )}
      {body && (
        <table>
          <caption>请求正文（{type}）</caption>
          {Object.entries(body.schema.properties ?? {}).map(([name, property]) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{typeOf(property)}</td>
              <td>{body.schema.required?.includes(name) && property.default === undefined ? "必填" : ""}</td>
              <td>{property.default === undefined ? "" : `默认 ${JSON.stringify(property.default)}`}</td>
            </tr>
          ))}
        </table>
      )}
      <ul>
        {Object.entries(responses ?? {}).map(([status, { description }]) => (
          <li>
            <code>{status}</code> {description}
          </li>
        ))}
      </ul>
    </>
  );
}
