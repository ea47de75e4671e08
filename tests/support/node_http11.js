// A server with what HTTP/1.1 has beyond requests and responses, by Node's own hands: `node node_http11.js PORT`.
//
// /hints says two interim responses first, /trailers sends fields behind its body, /coded?as=zstd (br, gzip, deflate) codes it; any
// other path tells what was asked, trailers and all. Expect: 100-continue is answered with 100, but on /refused with 417. An upgrade
// to "shout" and a CONNECT are accepted, and then whatever comes is sent back in upper case.
"use strict";
const http = require("http");
const zlib = require("zlib");

const TEXT = "a line that comes again and again\n".repeat(10000);
const CODERS = { br: zlib.brotliCompressSync, gzip: zlib.gzipSync, deflate: zlib.deflateSync, zstd: zlib.zstdCompressSync };

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  const body = [];
  try {
    for await (const piece of request) body.push(piece);
  } catch {
    return; // the client has gone
  }
  if (url.pathname === "/hints") {
    response.writeProcessing();
    response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" }, () => response.end("hinted"));
  } else if (url.pathname === "/trailers") {
    response.writeHead(200, { Trailer: "X-Sum" });
    response.write("hello");
    response.addTrailers({ "X-Sum": "5d41" });
    response.end();
  } else if (url.pathname === "/coded") {
    const coding = url.searchParams.get("as");
    response.writeHead(200, { "Content-Encoding": coding });
    response.end(CODERS[coding](TEXT));
  } else {
    const { method, headers, trailers } = request;
    const port = request.socket.remotePort;
    response.end(JSON.stringify({ method, headers, trailers, port, body: Buffer.concat(body).toString("latin1") }));
  }
});

server.on("checkContinue", (request, response) => {
  if (request.url === "/refused") {
    response.writeHead(417, { Connection: "close" }).end("no");
    return;
  }
  response.writeContinue();
  server.emit("request", request, response);
});

function shout(socket, head) {
  if (head.length) socket.write(head.toString().toUpperCase());
  socket.on("data", (data) => socket.write(data.toString().toUpperCase()));
  socket.on("error", () => socket.destroy());
}

server.on("upgrade", (request, socket, head) => {
  // The first words come in one packet with the head.
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\nWELCOME");
  shout(socket, head);
});

server.on("connect", (request, socket, head) => {
  socket.write(`HTTP/1.1 200 Connected to ${request.url}\r\n\r\n`);
  shout(socket, head);
});

server.listen(Number(process.argv[2]), "127.0.0.1");
