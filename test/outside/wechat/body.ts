/** How the platform reads what it is posted. */
import { Refusal, type Upload } from "./state.ts";

/**
 * JSON in UTF-8. Characters beyond ASCII that were escaped are not put back: the platform counts, and shows, the
 * escape itself (新增草稿: 请勿使用 Unicode 转义).
 */
export function readJson(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length === 0) throw new Refusal(44002);
  let value: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    value = JSON.parse(
      text.replaceAll(/\\(?:u([\da-f]{4})|[\s\S])/gi, (escape: string, hex: string | undefined) =>
        hex !== undefined && Number.parseInt(hex, 16) > 0x7f ? `\\${escape}` : escape,
      ),
    );
  } catch {
    throw new Refusal(47001);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refusal(47001);
  return value as Record<string, unknown>;
}

/** The file of the part `media`; null where there is none, or it has no file name. */
export async function readUpload(request: Request): Promise<Upload | null> {
  const form = await request.formData().catch(() => null);
  const file: unknown = form?.get("media");
  if (!(file instanceof Blob)) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { name: (file as File).name ?? "", bytes, hash };
}
