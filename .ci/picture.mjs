// Opens Podium where nobody can see it, waits until its window shows runs, and leaves a picture of it.
// usage: node .ci/picture.mjs APP TARGET PICTURE.png   (needs a display and WebKitWebDriver)
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [app, target, picture] = process.argv.slice(2);
const patience_ms = 90_000;

const port = await new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
const data = mkdtempSync(join(tmpdir(), 'podium-'));
const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
  env: { ...process.env, TAURI_WEBVIEW_AUTOMATION: 'true', PODIUM_DATA_DIR: data, NO_AT_BRIDGE: '1', GTK_THEME: 'Adwaita' },
  stdio: ['ignore', 'ignore', 'inherit'],
  detached: true,
});

async function ask(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:${port}/${path}`, {
    method,
    body: body && JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(patience_ms),
  });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${value.message || value.error}`);
  return value;
}

// Answers of `question` until one is not null, false or an error.
async function wait(question, what) {
  const until = Date.now() + patience_ms;
  for (let last = ''; ; await sleep(100)) {
    try {
      const value = await question();
      if (value) return value;
    } catch (error) {
      last = ` (${error.message})`;
    }
    if (Date.now() > until) throw new Error(`waited for ${what} in vain${last}`);
  }
}

try {
  const options = { binary: resolve(app), args: target ? [target] : [] };
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
  const { sessionId } = await wait(() => ask('POST', 'session', { capabilities }), 'the window');
  const page = `session/${sessionId}`;
  const look = (script) => ask('POST', `${page}/execute/sync`, { script, args: [] });
  await ask('POST', `${page}/window/rect`, { x: 0, y: 0, width: 1440, height: 900 });
  try {
    await wait(
      () =>
        look(`const rows = document.querySelectorAll('[role=row], tbody tr').length;
              const frames = [...document.querySelectorAll('canvas')].filter((c) => c.width > 300);
              const busy = document.querySelector('[aria-busy=true]');
              return document.fonts.status === 'loaded' && rows > 5 && frames.length > 0 && !busy`),
      'runs and their curves',
    );
    await sleep(500);
  } finally {
    await look(readFileSync(new URL('../tests/common/keep_painting.js', import.meta.url), 'utf8'));
    writeFileSync(picture, Buffer.from(await ask('GET', `${page}/screenshot`), 'base64'));
  }
  console.log(`Podium shows ${target || 'Welcome'}. A picture of its window: ${resolve(picture)}`);
  await ask('DELETE', page);
} catch (error) {
  console.error(`Podium's window: ${error.message}`);
  process.exitCode = 1;
} finally {
  try {
    process.kill(-driver.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
  rmSync(data, { recursive: true, force: true });
}
