// Vite gives a file as it is with `?raw`.
declare module "*article.md?raw" {
  const text: string;
  export default text;
}
