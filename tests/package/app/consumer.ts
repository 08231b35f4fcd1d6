// What a strict TypeScript project sees of the package.

import { Kernel, PortcullisError } from 'portcullis';

export async function sum(bytes: Uint8Array): Promise<unknown> {
  const kernel: Kernel = await Kernel.start();
  try {
    const plugin = await kernel.spawn(bytes, { name: 'adder' });
    return await plugin.call('add', [40, 2]);
  } catch (error) {
    if (error instanceof PortcullisError) return error.code;
    throw error;
  } finally {
    kernel.close();
  }
}
