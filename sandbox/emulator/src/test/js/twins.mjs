// Has Modal's SDK ask for the sandboxes that TwinTest asks for by our client: under the same names, for each
// what a user of the SDK writes to have the same. Prints their names as one line of JSON.
import { ModalClient } from "modal";

const modal = new ModalClient();
// A new one each time: an image keeps the id that it was built under.
const registry = () => modal.images.fromRegistry("python:3.11-slim");

// What our client says whenever nothing else is said: ten minutes, nothing to be reached from inside.
const OURS = {
  command: ["sleep", "600"],
  encryptedPorts: [8080],
  timeoutMs: 600_000,
  outboundCidrAllowlist: [],
};

const secret = (name) => modal.secrets.fromName(name);

const TWINS = {
  plain: async () => ({}),
  resources: async () => ({ cpu: 0.5, cpuLimit: 2, memoryMiB: 512, memoryLimitMiB: 2048 }),
  environment: async () => ({ env: { TZ: "UTC", GREETING: "good day, ünïcode" } }),
  secrets: async () => ({
    secrets: [await secret("twin-one"), await secret("twin-two")],
    env: { TZ: "UTC" },
  }),
  tags: async () => ({ tags: { "rlm-job": "twins", "rlm-run": "7", team: "a b" } }),
  regions: async () => ({ regions: ["eu-west", "us-east"], timeoutMs: 3_600_000 }),
  idle: async () => ({ idleTimeoutMs: 120_000, workdir: "/tmp" }),
  outbound: async () => ({
    outboundCidrAllowlist: ["10.0.0.0/8", "2001:db8::/32"],
    outboundDomainAllowlist: ["pypi.org", "*.example.com"],
  }),
  inbound: async () => ({ inboundCidrAllowlist: ["127.0.0.0/8", "::1/128"] }),
  proxy: async () => ({ proxy: await modal.proxies.fromName("twin-proxy") }),
  gpu: async () => ({
    gpu: "a100-80gb:2",
    secrets: [await secret("twin-one")],
    env: { TZ: "UTC" },
    tags: { "rlm-run": "7" },
  }),
};

const IMAGES = {
  image: () =>
    registry()
      .dockerfileCommands(["RUN apt-get update", "RUN apt-get install -y curl git"])
      .dockerfileCommands(["RUN python3 -m pip install dill==0.4.0 'numpy<3'"])
      .dockerfileCommands(["ENV A=1", "ENV B='two words'"])
      .dockerfileCommands(["RUN mkdir -p /data"]),
};

const sandboxes = [];
const names = [...Object.keys(TWINS), ...Object.keys(IMAGES)];
for (const name of names) {
  const app = await modal.apps.fromName(`twin-${name}`, { createIfMissing: true });
  const params = await (TWINS[name] ?? TWINS.plain)();
  const image = (IMAGES[name] ?? registry)();
  sandboxes.push(await modal.sandboxes.create(app, image, { ...OURS, ...params }));
}
await Promise.all(sandboxes.map((sandbox) => sandbox.terminate()));
modal.close();
console.log(JSON.stringify(names));
