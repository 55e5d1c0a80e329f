// Vite gives a file as it is with `?raw`.
declare module "*.md?raw" {
  const text: string;
  export default text;
}
