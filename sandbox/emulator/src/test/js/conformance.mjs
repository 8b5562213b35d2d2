// Drives an emulator with Modal's SDK as its users do, and prints what it saw as one line of JSON.
// node conformance.mjs PACKAGE, with MODAL_SERVER_URL, MODAL_TOKEN_ID and MODAL_TOKEN_SECRET.
import https from "node:https";
import net from "node:net";

const { ModalClient } = await import(process.argv[2]);
const APP = "conformance";
const IMAGE = "python:3.11-slim";
const PORT = 8000;
const PLAIN_PORT = 8001;

// What it was given and where it runs; the plain port says so too, to whoever comes without TLS.
const SERVER = `
import http.server, json, os, threading

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        names = ("FROM_ENV", "FROM_OBJECT", "FROM_NAME", "FROM_IMAGE", "BOTH")
        body = json.dumps({"path": self.path, "folder": os.getcwd(), **{n: os.environ.get(n) for n in names}})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass

for port in (${PORT}, ${PLAIN_PORT}):
    server = http.server.ThreadingHTTPServer(("0.0.0.0", port), Handler)
    threading.Thread(target=server.serve_forever).start()
`;

const modal = new ModalClient();
const seen = {};
const opened = [];

// What the SDK waits for between two tries of a call does not keep Node alive by itself.
const alive = setInterval(() => {}, 1000);
let done = false;
process.on("exit", () => {
  if (!done) console.error(`the last that it saw: ${Object.keys(seen).pop()}`);
});

function see(name, value) {
  if (name in seen) throw new Error(`seen twice: ${name}`);
  seen[name] = value;
}

function shape(id) {
  const kinds = {
    app: /^ap-[0-9A-Za-z]{22}$/,
    image: /^im-[0-9A-Za-z]{22}$/,
    V1: /^sb-[0-9A-Za-z]{22}$/,
    V2: /^sb-[0-9A-HJKMNP-TV-Z]{26}$/,
  };
  return Object.keys(kinds).find((kind) => kinds[kind].test(id)) ?? `none: ${id}`;
}

// The error as a program tells it from others: its class, or its number if it is gRPC's own.
async function error(promise) {
  try {
    await promise;
    return "none";
  } catch (e) {
    return e.code === undefined ? e.constructor.name : `${e.constructor.name} ${e.code}`;
  }
}

async function message(promise) {
  try {
    await promise;
    return "none";
  } catch (e) {
    return e.message.replaceAll(/im-\w{22}/g, "IMAGE");
  }
}

async function ids(params) {
  const found = [];
  for await (const sandbox of modal.sandboxes.list(params)) found.push(sandbox.sandboxId);
  return found;
}

// Whoever listens in a sandbox does so a little after it was created. Between attempts the SDK is called: its auth token
// lives for seconds here, and it renews it only if it is called in the second half of them.
async function patiently(attempt) {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (e) {
      if (Date.now() > end) throw e;
      await modal.apps.fromName(APP);
      await new Promise((go) => setTimeout(go, 50));
    }
  }
}

// Not by fetch: of a connection that ends right after its handshake, as long as nobody listens in the sandbox, it
// sometimes does not hear, and waits for ever.
function askJson(url) {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { agent: false, timeout: 10_000 }, (response) => {
      let text = "";
      response.on("data", (data) => (text += data));
      response.on("error", reject);
      response.on("end", () =>
        response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(`${response.statusCode} of ${url}`)),
      );
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", reject);
  });
}

function askPlainly([host, port]) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host, () => socket.write("GET /plain HTTP/1.0\r\n\r\n"));
    let text = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer")));
    socket.on("data", (data) => (text += data));
    socket.on("error", reject);
    socket.on("close", () =>
      text.includes("\r\n\r\n") ? resolve(JSON.parse(text.split("\r\n\r\n")[1])) : reject(new Error(`not HTTP: ${text}`)),
    );
  });
}

// ---- app

const app = await modal.apps.fromName(APP, { createIfMissing: true });
see("app", shape(app.appId));
see("app again", (await modal.apps.fromName(APP)).appId === app.appId);
see("app that is missing", await error(modal.apps.fromName("no-such-app")));
see("app's name", await error(modal.apps.fromName("no app has blanks", { createIfMissing: true })));

// ---- image

const layered = () =>
  modal.images.fromRegistry(IMAGE).dockerfileCommands(["RUN apt-get update", "ENV FROM_IMAGE=image"]);
const image = await layered().build(app);
see("image", shape(image.imageId));
see("image again", (await layered().build(app)).imageId === image.imageId);
see("image by id", shape((await modal.images.fromId(image.imageId)).imageId));
see("image by id that is missing", await error(modal.images.fromId(image.imageId.replace(/.{5}$/, "00000"))));
see(
  "image that fails",
  await message(modal.images.fromRegistry(IMAGE).dockerfileCommands(["RUN exit 1"]).build(app)),
);

// ---- secrets

const named = await modal.secrets.fromName("conformance-secret", { requiredKeys: ["FROM_NAME"] });
see("secret that is missing", await error(modal.secrets.fromName("no-such-secret")));
see(
  "secret without a key",
  await error(modal.secrets.fromName("conformance-secret", { requiredKeys: ["NO_SUCH_KEY"] })),
);
const unnamed = await modal.secrets.fromObject({ FROM_OBJECT: "object", BOTH: "object" });

// ---- a sandbox that serves

async function create(params) {
  const sandbox = await modal.sandboxes.create(app, image, { timeoutMs: 120_000, ...params });
  opened.push(sandbox.sandboxId);
  return sandbox;
}

const sandbox = await create({
  command: ["python3", "-c", SERVER],
  encryptedPorts: [PORT],
  unencryptedPorts: [PLAIN_PORT],
  env: { FROM_ENV: "env", BOTH: "env" },
  secrets: [unnamed, named],
  workdir: "/tmp",
  name: "the-one",
  tags: { job: "a", run: "1" },
  cpu: 0.25,
  memoryMiB: 256,
  idleTimeoutMs: 60_000,
});
see("sandbox", shape(sandbox.sandboxId));
see("poll while it runs", await sandbox.poll());

const tunnels = await sandbox.tunnels();
see("tunnels", Object.keys(tunnels).sort());
see("tunnel's URL", tunnels[PORT].url.replace(/:\d+$/, ":PORT"));
see("tunnel", await patiently(() => askJson(tunnels[PORT].url + "/one?two=3")));
see("tunnel without TLS", (await patiently(() => askPlainly(tunnels[PLAIN_PORT].tcpSocket))).path);

// ---- found again

see("list of the app", (await ids({ appId: app.appId })).includes(sandbox.sandboxId));
see("tags", await sandbox.getTags());
see("list by tags", (await ids({ appId: app.appId, tags: { job: "a", run: "1" } })).length);
see("list by other tags", (await ids({ appId: app.appId, tags: { job: "a", run: "2" } })).length);
await sandbox.setTags({ job: "b" });
see("tags set", await sandbox.getTags());
see("list by tags as they were", (await ids({ appId: app.appId, tags: { job: "a" } })).length);
see("by name", (await modal.sandboxes.fromName(APP, "the-one")).sandboxId === sandbox.sandboxId);
see("by a name that is missing", await error(modal.sandboxes.fromName(APP, "no-such-sandbox")));
see("a name that is taken", await error(create({ command: ["sleep", "60"], name: "the-one" })));
const again = await modal.sandboxes.fromId(sandbox.sandboxId);
see("by id", await again.poll());

// ---- their ends

await sandbox.terminate();
see("wait after terminate", await again.wait());
see("poll after terminate", await again.poll());
await again.terminate();
see("tunnel after terminate", (await error(askJson(tunnels[PORT].url))) !== "none");
see("list after terminate", await ids({ appId: app.appId }));
see("by name after terminate", await error(modal.sandboxes.fromName(APP, "the-one")));

const SLEEP = ["sleep", "60"];
const [well, badly, late, renamed, ...others] = await Promise.all([
  create({ command: ["python3", "-c", "print('said this')"] }),
  create({ command: ["python3", "-c", "import sys; sys.exit(7)"] }),
  create({ command: SLEEP, timeoutMs: 2_000 }),
  create({ command: SLEEP, name: "the-one", tags: { many: "yes" } }),
  create({ command: SLEEP, tags: { many: "yes" } }),
  create({ command: SLEEP, tags: { many: "yes" } }),
]);
see("list in more than one page", (await ids({ appId: app.appId, tags: { many: "yes" } })).length);
see("exit code 0", await well.wait());
see("exit code 7", await badly.wait());
const over = late.wait();
await patiently(async () => {
  if ((await late.poll()) === null) throw new Error("it still runs");
});
see("life over", await over);
see("terminate and wait", await Promise.all(others.map((one) => one.terminate({ wait: true }))));
see("a name that is free again", (await modal.sandboxes.fromName(APP, "the-one")).sandboxId === renamed.sandboxId);
see("terminate", await error(renamed.terminate()));
// The newer kind sends its output by a service of its own, which is not emulated.
if (shape(well.sandboxId) === "V1") see("stdout", await well.stdout.readText());
see("sandbox that is missing", await error((await modal.sandboxes.fromId("sb-0000000000000000000000")).poll()));

// ---- who comes with a wrong token

const stranger = new ModalClient({ tokenId: process.env.MODAL_TOKEN_ID, tokenSecret: "as-wrong" });
see("wrong token", await error(stranger.apps.fromName(APP)));

stranger.close();
modal.close();
console.log(JSON.stringify({ seen, opened }));
done = true;
clearInterval(alive);
