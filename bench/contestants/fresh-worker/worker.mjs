// A worker that instantiates one plugin and answers one question. In a page and in Node.

async function serve(port) {
  const answer = async ({ data: { wasm, imports, question } }) => {
    const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
    const granted = Object.fromEntries(imports.map(([space, name]) => [space, { [name]: () => 0 }]));
    const { exports } = await WebAssembly.instantiate(module, granted);
    exports._initialize?.();
    port.postMessage(exports[question.export](...question.values));
  };
  port.onmessage = (event) => answer(event).catch((error) => port.postMessage(`${error}`));
}

if (typeof self === 'undefined' || typeof self.postMessage !== 'function') {
  const { parentPort } = await import('node:worker_threads');
  parentPort.once('message', serve);
} else {
  self.addEventListener('message', ({ data }) => serve(data), { once: true });
}
