// `@huggingface/hub` as a client: `node stories.mjs ACT …` does one thing and prints what came of it as JSON.

import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import * as hub from "@huggingface/hub";

const { HF_ENDPOINT: hubUrl, HF_TOKEN: accessToken } = process.env;
const who = accessToken ? { hubUrl, accessToken } : { hubUrl };

const acts = {
  async whoAmI() {
    return (await hub.whoAmI(who)).name;
  },

  async create(name) {
    return (await hub.createRepo({ repo: name, ...who })).repoUrl;
  },

  // Files from disk, read piece by piece as they are sent.
  async upload(repo, useXet, ...files) {
    const urls = files.map((file) => pathToFileURL(file));
    return (await hub.uploadFiles({ repo, files: urls, useXet: useXet === "xet", ...who })).commit.oid;
  },

  async commit(repo) {
    const operations = [
      { operation: "addOrUpdate", path: "notes/three.txt", content: new Blob(["three"]) },
      { operation: "delete", path: "notes/two.txt" },
    ];
    return (await hub.commit({ repo, title: "three for two", operations, ...who })).commit.oid;
  },

  async put(repo, path, words) {
    return (await hub.uploadFile({ repo, file: { path, content: new Blob([words]) }, ...who })).commit.oid;
  },

  async remove(repo, path) {
    return (await hub.deleteFile({ repo, path, ...who })).commit.oid;
  },

  async list(repo) {
    const files = {};
    for await (const file of hub.listFiles({ repo, recursive: true, ...who })) {
      if (file.type === "file") files[file.path] = file.size;
    }
    return files;
  },

  async models(owner) {
    const names = [];
    for await (const model of hub.listModels({ search: { owner }, ...who })) names.push(model.name);
    return names;
  },

  async commits(repo) {
    const titles = [];
    for await (const commit of hub.listCommits({ repo, ...who })) titles.push(commit.title);
    return titles;
  },

  async info(repo) {
    const info = await hub.modelInfo({ name: repo, additionalFields: ["sha", "author"], ...who });
    return { name: info.name, private: info.private, author: info.author, sha: info.sha };
  },

  async about(repo, path) {
    const info = await hub.fileDownloadInfo({ repo, path, ...who });
    return info && { size: info.size, etag: info.etag, xet: info.xet?.hash };
  },

  // As a stream, so that a file of any size fits.
  async digest(repo, path, xet) {
    const blob = await hub.downloadFile({ repo, path, xet: xet === "xet", ...who });
    const hash = createHash("sha256");
    for await (const piece of blob.stream()) hash.update(piece);
    return hash.digest("hex");
  },

  async part(repo, path, xet, start, end) {
    const blob = await hub.downloadFile({ repo, path, xet: xet === "xet", ...who });
    return Buffer.from(await blob.slice(Number(start), Number(end)).arrayBuffer()).toString("hex");
  },

  async snapshot(repo, ...paths) {
    const folder = await hub.snapshotDownload({ repo, cacheDir: "snapshots", ...who });
    const digests = {};
    for (const path of paths) {
      const data = await readFile(await realpath(`${folder}/${path}`));
      digests[path] = createHash("sha256").update(data).digest("hex");
    }
    return digests;
  },

  async refusal(repo) {
    try {
      await hub.modelInfo({ name: repo, ...who });
    } catch (error) {
      return error.statusCode;
    }
  },
};

const [act, ...words] = process.argv.slice(2);
console.log(JSON.stringify((await acts[act](...words)) ?? null));
