// Vite gives a file as it is with `?raw`.
declare module "*.md?raw" {
  const text: string;
  export default text;
}

// Vitest's mode: "test", or what `--mode` says.
interface ImportMeta {
  readonly env: { readonly MODE: string };
}
