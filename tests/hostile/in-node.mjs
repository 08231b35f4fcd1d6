// Attacks in a process of Node of their own, for some of them may end it.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('child.mjs', import.meta.url));

/** Runs attacks from an index on; resolves with undefined, or with what went wrong with the process. */
export function inNode({ folder, from, wanted, seed, tell, patience }) {
  return new Promise((resolve) => {
    const running = fork(child, [folder, String(seed), String(from), ...wanted], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let over = false;
    let trouble;
    const giveUp = () => {
      trouble = `nothing was heard for ${patience / 1000} seconds`;
      running.kill('SIGKILL');
    };
    let timer = setTimeout(giveUp, patience);
    running.on('message', (news) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      if (news.over) over = true;
      else tell(news);
    });
    running.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(over && code === 0 ? undefined : (trouble ?? `Node ended with ${signal ?? code}`));
    });
  });
}
