// The page of `dupviz review`, over a socket: its phases, and answers whose pictures follow them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { check, fire, Observer, settled, stateOf, textsOf, written } from "./page.js";

class Socket {
  constructor(address) {
    Object.assign(this, { address, sent: [] });
    Socket.last = this;
  }
  send(text) {
    const message = JSON.parse(text);
    check(written.messages.server, message);
    this.sent.push(message);
  }
  // The questions of a kind since this was called last.
  take(step) {
    const taken = this.sent.filter((message) => message.do === step);
    this.sent = this.sent.filter((message) => message.do !== step);
    return taken;
  }
  async say(message) {
    if (message.answer) check(written.schemas.answer, message.answer);
    this.onmessage({ data: JSON.stringify(message) });
    await settled();
  }
  async show(number, changes) {
    await this.say({ state: stateOf("server", number, changes) });
  }
  async picture(text) {
    this.onmessage({ data: new TextEncoder().encode(text).buffer });
    await settled();
  }
}

Object.assign(globalThis, { WebSocket: Socket, location: { href: "http://127.0.0.1:8000/?x#y" } });
const page = readFileSync(new URL("../../dupviz/app/index.html", import.meta.url), "utf8");
document.body.innerHTML = page.match(/<body>(.*)<\/body>/s)[1];
await import("../../dupviz/app/app.js");

const socket = Socket.last;
const START = { phase: "start", folder: "/home/ann", notice: "", gallery: null };
const GALLERY = { phase: "gallery", folder: "/photos", notice: "", gallery: written.states.gallery[0] };
const find = (selector) => document.querySelector(selector);
const title = () => find("main h2")?.textContent;
const listing = (id, path, parent, names) => ({ answer: { id, folders: { path, parent, names } }, pictures: 0 });

test("it talks to its own server alone", () => {
  assert.equal(socket.address, "ws://127.0.0.1:8000/socket");
  assert.equal(socket.binaryType, "arraybuffer");
});

test("the start page lists folders to choose from, and opens one", async () => {
  await socket.show(0, START);
  assert.equal(title(), "Which folder?");
  assert.equal(find("#folder").textContent, "");
  assert.equal(find("[role=alert]").hidden, true);
  const [first] = socket.take("folders");
  assert.equal(first.path, "/home/ann");
  await socket.say(listing(first.id, "/home/ann", "/home", ["Pictures", "<b>"]));
  assert.deepEqual(textsOf(document.querySelectorAll("main li")), ["↑ the folder above", "Pictures", "<b>"]);
  document.querySelectorAll("main li button")[1].click();
  const [second] = socket.take("folders");
  assert.equal(second.path, "/home/ann/Pictures");
  await socket.say(listing(second.id, "/home/ann/Pictures", "/home/ann", []));
  assert.equal(find("main input").value, "/home/ann/Pictures");
  fire(find("form"), "submit");
  assert.equal(socket.take("open")[0].path, "/home/ann/Pictures");
});

test("a list that comes late does not replace what has been typed or chosen meanwhile", async () => {
  const path = find("main input");
  path.onchange();
  path.value = "/typed";
  await socket.say(listing(socket.take("folders")[0].id, "/late", "/", ["late"]));
  assert.equal(path.value, "/typed");
  path.onchange();
  const [typed] = socket.take("folders");
  assert.equal(typed.path, "/typed");
  path.value = "/newest";
  path.onchange();
  const [newest] = socket.take("folders");
  await socket.say(listing(newest.id, "/newest", "/", ["new"]));
  await socket.say(listing(typed.id, "/typed", "/", ["old"]));
  assert.deepEqual(textsOf(document.querySelectorAll("main li")), ["↑ the folder above", "new"]);
});

test("of the topmost folder there is none above; on Windows paths have backslashes", async () => {
  const ask = async (...found) => {
    find("main input").onchange();
    await socket.say(listing(socket.take("folders")[0].id, ...found));
    return textsOf(document.querySelectorAll("main li"));
  };
  assert.deepEqual(await ask("/", "/", ["home"]), ["home"]);
  find("main li button").click();
  assert.equal(socket.take("folders")[0].path, "/home");
  await ask("C:\\Users", "C:\\", ["ann"]);
  document.querySelectorAll("main li button")[1].click();
  assert.equal(socket.take("folders")[0].path, "C:\\Users\\ann");
});

test("what is refused on the start page is said there", async () => {
  find("main input").onchange();
  const refused = "The page asks for something that does not exist.";
  await socket.say({ answer: { id: socket.take("folders")[0].id, refused }, pictures: 0 });
  assert.equal(find("[role=alert]").textContent, refused);
  assert.equal(find("[role=alert]").hidden, false);
});

test("a search shows that it is under way, and why it failed", async () => {
  await socket.show(0, { ...START, phase: "busy", folder: "/photos" });
  assert.equal(title(), "One moment");
  assert.equal(find("#folder").textContent, "/photos");
  await socket.show(0, { ...START, notice: "There is no folder /photos." });
  assert.equal(find("[role=alert]").textContent, "There is no folder /photos.");
});

test("the gallery is opened once, and drawn anew with each state", async () => {
  await socket.show(0, GALLERY);
  const gallery = find(".dupviz-review");
  assert.equal(document.querySelectorAll(".dupviz-group").length, GALLERY.gallery.groups.length);
  await socket.show(0, { ...GALLERY, gallery: written.states.gallery[2] });
  assert.equal(find(".dupviz-review"), gallery);
  assert.equal(find(".dupviz-notice").textContent, written.states.gallery[2].notice);
});

test("pictures belong to the answer that comes before them", async () => {
  const cards = [...document.querySelectorAll(".dupviz-picture")].slice(0, 2);
  Observer.show(cards);
  const [question] = socket.take("thumbnails");
  await socket.say({ answer: { id: question.id }, pictures: 2 });
  await socket.picture("first");
  assert.equal(cards[0].querySelector("img").getAttribute("src"), null); // they come together
  await socket.picture("second");
  const texts = cards.map(async (card) => (await fetch(card.querySelector("img").src)).text());
  assert.deepEqual(await Promise.all(texts), ["first", "second"]);
});

test("another folder can be chosen while a gallery is open, or not", async () => {
  const another = find("#another");
  another.click();
  assert.equal(title(), "Which folder?");
  assert.equal(find("main input").value, "/photos");
  assert.equal(another.textContent, "Back");
  another.click();
  assert.ok(find(".dupviz-review"));
  another.click();
  await socket.show(0, { ...GALLERY, phase: "busy", folder: "/other" });
  assert.equal(title(), "One moment");
  await socket.show(0, { ...GALLERY, folder: "/other" });
  assert.ok(find(".dupviz-review"));
  assert.equal(another.textContent, "Another folder");
});

test("Finish ends it; a connection that is lost after that is no surprise", async () => {
  find("#close").click();
  assert.equal(socket.take("close").length, 1);
  await socket.show(0, {
    phase: "closed",
    folder: "",
    notice: "Receipt: /out/1.html\nReceipt: /out/2.html",
    gallery: null,
  });
  assert.equal(title(), "Finished");
  const words = [...find(".app-start").querySelectorAll("p")].map((paragraph) => paragraph.textContent);
  assert.deepEqual(words.slice(1), ["Receipt: /out/1.html", "Receipt: /out/2.html"]);
  assert.equal(find("#close").hidden, true);
  socket.onclose();
  assert.equal(title(), "Finished");
});

test("a connection that is lost before is said", async () => {
  await socket.show(0, START);
  socket.onclose();
  assert.equal(title(), "Not connected");
  assert.match(find("main p").textContent, /reload this page/);
  assert.equal(find("#close").hidden, true);
});
