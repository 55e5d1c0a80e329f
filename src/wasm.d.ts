/** A `.wasm` file of the bundle: compiled by the platform, since a Worker may not compile bytes. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
