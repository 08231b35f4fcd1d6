// A small static server for the built pages, with the headers that they are promised to work under.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

/** The policy of the paint page: no script but its own, no code made from text, no other host. */
export const strictCsp = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
].join('; ');

const types = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.wat': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Which folder serves a decoded URL path, and the path inside it; the longest mount wins. */
function locate(directory, mounts, path) {
  const [prefix, folder] =
    Object.entries(mounts)
      .filter(([prefix]) => path.startsWith(prefix))
      .sort(([a], [b]) => b.length - a.length)[0] ?? ['/', directory];
  const base = resolve(folder);
  const file = resolve(base, `.${sep}${path.slice(prefix.length)}`);
  // Whatever the path said, nothing outside the folder is served.
  return file === base || file.startsWith(base + sep) ? file : undefined;
}

async function respond(request, response, { directory, mounts, headers }) {
  const end = (status, extra = {}, body = '') => {
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers, ...extra });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(405, { Allow: 'GET, HEAD' }, 'method not allowed\n');

  let path;
  try {
    const url = new URL(request.url, 'http://127.0.0.1');
    path = decodeURIComponent(url.pathname);
  } catch {
    return end(400, {}, 'bad address\n');
  }
  let file = path.includes('\0') ? undefined : locate(directory, mounts, path);
  const found = file && (await stat(file).catch(() => undefined));
  if (!found) return end(404, {}, 'not found\n');
  if (found.isDirectory()) {
    // Relative addresses in a folder's page need the slash.
    if (!path.endsWith('/')) return end(308, { Location: `${encodeURI(path)}/`.replace(/^\/+/, '/') });
    file = join(file, 'index.html');
  }
  let body;
  try {
    body = await readFile(file);
  } catch {
    return end(404, {}, 'not found\n');
  }
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  if (request.headers['if-none-match'] === etag) return end(304, { ETag: etag });
  end(200, { 'Content-Type': types[extname(file).toLowerCase()] ?? 'application/octet-stream', 'Content-Length': body.length, ETag: etag }, body);
}

/**
 * Serves a folder on this machine only, until it is closed.
 *
 * @param {string} directory the folder that `/` is
 * @param {object} [options]
 * @param {number} [options.port] 0, the default, takes a free one
 * @param {string | null} [options.csp] the Content-Security-Policy; null sends none
 * @param {Record<string, string>} [options.mounts] other folders: `{ '/dist/': path }`
 * @param {Record<string, string>} [options.headers] more headers for every answer
 * @returns {Promise<{ url: string, close: () => Promise<void> }>} `url` ends without a slash
 */
export async function serve(directory, { port = 0, csp = strictCsp, mounts = {}, headers = {} } = {}) {
  const context = {
    directory,
    mounts,
    headers: {
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      ...(csp === null ? {} : { 'Content-Security-Policy': csp }),
      ...headers,
    },
  };
  const server = createServer((request, response) => {
    respond(request, response, context).catch((error) => response.destroy(error));
  });
  await new Promise((ready, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', ready);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((closed, reject) => {
        server.close((error) => (error ? reject(error) : closed()));
        server.closeAllConnections();
      }),
  };
}
