// The page of `dupviz review`: a start page that asks for a folder, then the gallery, over a socket to Python.

import { makeQuestions } from "../widgets/gallery/connection.js";
import { element } from "../widgets/gallery/dom.js";
import { openGallery } from "../widgets/gallery/gallery.js";
import { socketAddress } from "./address.js";

const main = document.getElementById("main");
const folder = document.getElementById("folder");
const another = document.getElementById("another");
const finish = document.getElementById("close");

const socket = new WebSocket(socketAddress(location.href));
socket.binaryType = "arraybuffer";
const questions = makeQuestions((message) => socket.send(JSON.stringify(message)));

let state = null;
let shown = ""; // the phase, and the folder, that the page shows
let choosing = false; // another folder, while a gallery is open
let gallery = null; // that is open
let drawGallery = null; // when its state is new
let reply = null; // whose pictures are still to come

socket.onmessage = ({ data }) => {
  if (data instanceof ArrayBuffer) {
    reply.pictures.push(data);
  } else {
    const message = JSON.parse(data);
    if (message.state) return show(message.state);
    reply = { answer: message.answer, pictures: [], wanted: message.pictures };
  }
  if (reply.pictures.length === reply.wanted) questions.receive(reply.answer, reply.pictures);
};
socket.onclose = () => {
  if (state?.phase === "closed") return;
  show({ phase: state ? "lost" : "blocked", folder: "", notice: "", gallery: null });
};
another.onclick = () => {
  choosing = !choosing;
  show(state);
};
// After a click on nothing, keys are the gallery's again.
document.addEventListener("click", () => gallery?.takeKeys());
finish.onclick = () => questions.ask("close");

const connection = {
  state: () => state.gallery,
  ask: questions.ask,
  listen(onState) {
    drawGallery = onState;
    return () => {
      drawGallery = null;
    };
  },
};

function show(next) {
  const hadChosen = choosing && next.phase === "busy";
  state = next;
  if (hadChosen) choosing = false;
  const phase = choosing && state.phase === "gallery" ? "start" : state.phase;
  folder.textContent = state.phase === "start" ? "" : state.folder;
  another.hidden = !state.gallery || state.phase !== "gallery";
  another.textContent = choosing ? "Back" : "Another folder";
  finish.hidden = ["closed", "lost", "blocked"].includes(phase);
  const key = `${phase} ${state.folder} ${state.notice}`;
  if (key === shown && phase === "gallery") return drawGallery?.();
  if (key === shown) return;
  shown = key;
  gallery?.close();
  gallery = null;
  main.replaceChildren();
  pages[phase]();
}

const pages = {
  gallery() {
    gallery = openGallery(connection, main);
    gallery.takeKeys();
  },
  start() {
    showStart(state.notice, state.folder);
  },
  busy() {
    const words = "Reading the pictures and comparing them. The terminal shows the progress.";
    const bar = element("div", { className: "app-busy" }, element("div"));
    page("One moment", element("p", { textContent: words, role: "status" }), bar);
  },
  closed() {
    const receipts = state.notice.split("\n").filter(Boolean);
    const words = ["Decisions are saved. You can close this tab.", ...receipts];
    page("Finished", ...words.map((textContent) => element("p", { textContent })));
  },
  lost() {
    const words = "If dupviz review still runs in the terminal, reload this page. If it has ended, start it again.";
    page("Not connected", element("p", { textContent: words }));
  },
  blocked() {
    const words = "The page has arrived, but its WebSocket is blocked. A proxy must pass on both it and Host.";
    page("Not connected", element("p", { textContent: words }));
  },
};

function page(title, ...parts) {
  main.replaceChildren(element("div", { className: "app-start" }, element("h2", { textContent: title }), ...parts));
}

// The start page: a path to type, and the folders there to choose from.
function showStart(notice, begin) {
  const path = element("input", { type: "text", value: begin, spellcheck: false, aria: { label: "Folder" } });
  const go = element("button", { type: "submit", className: "app-main", textContent: "Find duplicates" });
  const form = element("form", { onsubmit: open }, path, go);
  const folders = element("ul", { aria: { label: "Folders" } });
  const words = "Nothing is changed until you say so, and whatever moves can be moved back.";
  const problem = element("p", { className: "app-notice", role: "alert" });
  say(notice);
  page("Which folder?", element("p", { textContent: words }), problem, form, folders);
  path.onchange = () => look(path.value);
  look(path.value);
  path.focus();

  function say(text) {
    Object.assign(problem, { textContent: text, hidden: !text });
  }

  function open(event) {
    event.preventDefault();
    questions.ask("open", { path: path.value }).catch(({ message }) => say(message));
  }

  // List the folders in one, to choose from.
  async function look(at) {
    path.value = at;
    try {
      const { folders: found } = await questions.ask("folders", { path: at });
      if (path.value === at) list(found); // or else another one has been typed or chosen meanwhile
    } catch ({ message }) {
      say(message);
    }
  }

  function list({ path: at, parent, names }) {
    path.value = at;
    const separator = at.includes("\\") ? "\\" : "/";
    const base = at.endsWith(separator) ? at : at + separator;
    const items = names.map((name) => [name, base + name]);
    if (parent !== at) items.unshift(["↑ the folder above", parent]);
    folders.replaceChildren(
      ...items.map(([textContent, target]) =>
        element("li", {}, element("button", { type: "button", textContent, onclick: () => look(target) })),
      ),
    );
  }
}
