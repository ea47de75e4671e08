// What asgi_app answers for the table of exchanges, with node's http and https: `node node_app.js PORT [CERTIFICATE KEY]`.

"use strict";

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");

const BLOCK = Buffer.alloc(64 * 1024);
const [port, certificate, key] = process.argv.slice(2);

async function answer(request, response) {
  const url = new URL(request.url, "http://localhost");
  const size = Number(url.searchParams.get("size"));
  if (url.pathname === "/small") {
    response.setHeader("Content-Length", 13).end("hello, world\n");
  } else if (url.pathname === "/empty") {
    response.setHeader("Content-Length", 0).end();
  } else if (url.pathname === "/nothing") {
    response.writeHead(204).end();
  } else if (url.pathname === "/unchanged") {
    response.writeHead(304).end();
  } else if (url.pathname === "/refuse") {
    response.writeHead(413, { "Content-Length": 0, Connection: "close" }).end();
  } else if (url.pathname === "/peer") {
    response.end(String(request.socket.remotePort));
  } else if (url.pathname === "/download") {
    response.setHeader("Content-Length", size);
    await send(response, size);
  } else if (url.pathname === "/stream") {
    await send(response, size);
  } else if (url.pathname === "/slow") {
    for (let number = 0; number < 20; number++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      response.write(`piece ${number}\n`);
    }
    response.end();
  } else if (url.pathname === "/upload") {
    let length = 0;
    const hash = createHash("sha256");
    for await (const piece of request) {
      length += piece.length;
      hash.update(piece);
    }
    response.end(JSON.stringify({ size: length, sha256: hash.digest("hex") }));
  }
}

async function send(response, size) {
  for (; size > 0; size -= BLOCK.length) {
    if (!response.write(BLOCK.subarray(0, Math.min(size, BLOCK.length)))) {
      await new Promise((resolve) => response.once("drain", resolve));
    }
  }
  response.end();
}

const server = certificate
  ? require("node:https").createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer)
  : require("node:http").createServer(answer);
server.listen(Number(port), "127.0.0.1");
