// Sends files and folders of any size from a browser, and goes on where it stopped. Without this script the form sends
// small files by itself.
//
// Files go the way that git-lfs and huggingface_hub send theirs: asked for one by one (preupload), large ones hashed and
// sent in parts to the addresses that the hub signs (LFS, multipart), and all of them committed together.

const form = document.getElementById("upload");
const say = (name) => form.dataset[`say${name}`];
const chosen = new Map();

const zone = document.createElement("div");
const list = document.createElement("ul");
const status = document.createElement("p");
prepare();

function prepare() {
  const help = document.getElementById("files-help");
  help.textContent = say("Drop");
  zone.className = "drop";
  zone.append(form.querySelector("label[for=files]"), document.getElementById("files"), folderButton(), help);
  form.prepend(zone);
  list.className = "sending";
  status.setAttribute("role", "status");
  form.append(list, status);
  document.getElementById("files").addEventListener("change", (event) => choose(event.target.files));
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", drop);
  form.addEventListener("submit", send);
}

/// A second field, for whole folders.
function folderButton() {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "file";
  input.id = "folder";
  input.webkitdirectory = true;
  input.multiple = true;
  label.htmlFor = "folder";
  label.textContent = say("Folder");
  input.addEventListener("change", () => choose(input.files));
  const both = document.createElement("div");
  both.append(label, input);
  return both;
}

function choose(files) {
  for (const file of files) add(file.webkitRelativePath || file.name, file);
}

async function drop(event) {
  event.preventDefault();
  zone.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return choose(event.dataTransfer.files);
  for (const entry of entries) await walk(entry, "");
}

async function walk(entry, above) {
  const path = above + entry.name;
  if (entry.isFile) return add(path, await new Promise((got, failed) => entry.file(got, failed)));
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((got, failed) => reader.readEntries(got, failed));
    if (some.length === 0) return;
    for (const child of some) await walk(child, `${path}/`);
  }
}

function add(path, file) {
  const folder = form.dataset.folder;
  const full = folder ? `${folder}/${path}` : path;
  let row = chosen.get(full)?.row;
  if (!row) {
    row = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = path;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", path);
    row.append(name, bar);
    list.append(row);
  }
  chosen.set(full, { path: full, file, row });
  status.textContent = `${chosen.size} ${say("Chosen")}`;
}

function progress(item, share) {
  item.row.querySelector("progress").value = share;
}

async function send(event) {
  event.preventDefault();
  if (chosen.size === 0) {
    status.textContent = say("Nothing");
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const items = [...chosen.values()];
    const lines = [];
    for (let at = 0; at < items.length; at += 200) lines.push(...await sendSome(items.slice(at, at + 200)));
    status.textContent = say("Committing");
    await commit(lines);
    status.textContent = say("Done");
    location.assign(form.dataset.done);
  } catch (problem) {
    status.textContent = `${say("Failed")} ${problem.message}`;
    button.disabled = false;
  }
}

/// Sends what has to be sent before the commit, and gives the lines of the commit.
async function sendSome(items) {
  const files = [];
  for (const item of items) {
    files.push({ path: item.path, size: item.file.size, sample: await base64(item.file.slice(0, 512)) });
  }
  const revision = encodeURIComponent(form.dataset.revision);
  const plan = await ask("POST", `${form.dataset.api}/preupload/${revision}`, { files });
  const lines = [];
  for (const [index, item] of items.entries()) {
    if (plan.files[index].uploadMode === "lfs") {
      const oid = await hash(item);
      await sendLarge(item, oid);
      lines.push({ key: "lfsFile", value: { path: item.path, algo: "sha256", oid, size: item.file.size } });
    } else {
      lines.push({ key: "file", value: { path: item.path, content: await base64(item.file), encoding: "base64" } });
    }
    progress(item, 1);
  }
  return lines;
}

/// The SHA-256 of a file, computed by a worker while the page stays awake.
function hash(item) {
  status.textContent = `${say("Hashing")} ${item.path}`;
  return new Promise((got, failed) => {
    const worker = new Worker(new URL("hash.js", import.meta.url), { type: "module" });
    worker.onerror = (event) => failed(new Error(event.message));
    worker.onmessage = ({ data }) => {
      if (data.hex) {
        worker.terminate();
        got(data.hex);
      } else if (data.problem) {
        worker.terminate();
        failed(new Error(data.problem));
      } else progress(item, 0.3 * data.done / item.file.size);
    };
    worker.postMessage(item.file);
  });
}

async function sendLarge(item, oid) {
  status.textContent = `${say("Sending")} ${item.path}`;
  const size = item.file.size;
  const batch = await ask("POST", form.dataset.lfs, {
    operation: "upload", transfers: ["basic", "multipart"], hash_algo: "sha256", objects: [{ oid, size }],
  }, "application/vnd.git-lfs+json");
  const object = batch.objects[0];
  if (object.error) throw new Error(object.error.message);
  const upload = object.actions?.upload;
  if (!upload) return;
  if (!upload.header?.chunk_size) return void await put(upload.href, item.file, (sent) => progress(item, 0.3 + 0.7 * sent / size));
  await sendParts(item, oid, upload);
}

/// Parts that have arrived are remembered by this browser: a page that is opened again does not send them once more.
async function sendParts(item, oid, upload) {
  const length = Number(upload.header.chunk_size);
  const key = `limpide-parts-${oid}-${length}`;
  const arrived = JSON.parse(localStorage.getItem(key) ?? "{}");
  const count = Math.ceil(item.file.size / length);
  for (let number = 1; number <= count; number++) {
    const part = item.file.slice((number - 1) * length, number * length);
    const before = (number - 1) * length;
    if (!arrived[number]) {
      const href = upload.header[String(number).padStart(5, "0")];
      arrived[number] = await put(href, part, (sent) => progress(item, 0.3 + 0.7 * (before + sent) / item.file.size));
      localStorage.setItem(key, JSON.stringify(arrived));
    }
    progress(item, 0.3 + 0.7 * Math.min(1, (before + part.size) / item.file.size));
  }
  const parts = Object.entries(arrived).map(([number, etag]) => ({ partNumber: Number(number), etag }));
  try {
    await ask("POST", upload.href, { oid, parts });
  } finally {
    // What the hub has forgotten meanwhile is sent again the next time.
    localStorage.removeItem(key);
  }
}

/// Sends bytes to a signed address, trying again when the connection breaks; gives the ETag.
async function put(href, body, told) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOnce(href, body, told);
    } catch (problem) {
      if (attempt === 5) throw problem;
      await new Promise((wake) => setTimeout(wake, 500 * 2 ** attempt));
    }
  }
}

function putOnce(href, body, told) {
  return new Promise((got, failed) => {
    const request = new XMLHttpRequest();
    request.open("PUT", href);
    request.upload.onprogress = (event) => told(event.loaded);
    request.onerror = () => failed(new Error("network"));
    request.onload = () => request.status < 300
      ? got(request.getResponseHeader("etag") ?? "")
      : failed(new Error(`${request.status} ${request.responseText.slice(0, 200)}`));
    request.send(body);
  });
}

async function commit(lines) {
  const summary = document.getElementById("message").value.trim() || document.getElementById("message").placeholder;
  const all = [{ key: "header", value: { summary, description: "" } }, ...lines];
  const body = new Blob(all.map((line) => `${JSON.stringify(line)}\n`), { type: "application/x-ndjson" });
  const revision = encodeURIComponent(form.dataset.revision);
  await answer(await fetch(`${form.dataset.api}/commit/${revision}`, { method: "POST", body }));
}

async function ask(method, address, body, type = "application/json") {
  return answer(await fetch(address, { method, headers: { "content-type": type }, body: JSON.stringify(body) }));
}

async function answer(response) {
  const text = await response.text();
  let json = {};
  try { json = JSON.parse(text); } catch { /* An empty answer is one, too. */ }
  if (!response.ok) throw new Error(json.error ?? json.message ?? `${response.status}`);
  return json;
}

async function base64(blob) {
  const address = await new Promise((got, failed) => {
    const reader = new FileReader();
    reader.onload = () => got(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
  return address.slice(address.indexOf(",") + 1);
}
