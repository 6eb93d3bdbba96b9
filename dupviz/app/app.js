// The page of `dupviz review`: a start page that asks for a folder, then the gallery, over a socket to Python.

import { element } from "/gallery/dom.js";
import { openGallery } from "/gallery/gallery.js";

const main = document.getElementById("main");
const folder = document.getElementById("folder");
const another = document.getElementById("another");
const finish = document.getElementById("close");

const socket = new WebSocket(`ws://${location.host}/socket`);
socket.binaryType = "arraybuffer";
const send = (message) => socket.send(JSON.stringify(message));

let state = null;
let shown = ""; // the phase, and the folder, that the page shows
let choosing = false; // another folder, while a gallery is open
let closeGallery = null;
let listeners = null; // of the gallery: for its state, and for answers
let answer = null; // whose pictures are still to come
let start = null;

socket.onmessage = ({ data }) => {
  if (data instanceof ArrayBuffer) {
    answer.pictures.push(data);
  } else {
    const message = JSON.parse(data);
    if (message.state) return show(message.state);
    if (message.answer.folders) return start?.list(message.answer.folders);
    answer = { content: message.answer, pictures: [], wanted: message.pictures };
  }
  if (answer.pictures.length === answer.wanted) listeners?.onAnswer(answer.content, answer.pictures);
};
socket.onclose = () => {
  if (state?.phase !== "closed") show({ phase: "lost" });
};
another.onclick = () => {
  choosing = !choosing;
  show(state);
};
finish.onclick = () => send({ do: "close" });

const connection = {
  state: () => state.gallery,
  send,
  listen(onState, onAnswer) {
    listeners = { onState, onAnswer };
    return () => {
      listeners = null;
    };
  },
};

function show(next) {
  const hadChosen = choosing && next.phase === "busy";
  state = next;
  if (hadChosen) choosing = false;
  const phase = choosing && state.phase === "gallery" ? "start" : state.phase;
  folder.textContent = state.folder ?? "";
  another.hidden = !state.gallery || state.phase !== "gallery";
  another.textContent = choosing ? "Back" : "Another folder";
  finish.hidden = ["closed", "lost"].includes(phase);
  const key = `${phase} ${state.folder ?? ""} ${state.notice ?? ""}`;
  if (key === shown && phase === "gallery") return listeners?.onState();
  if (key === shown) return;
  shown = key;
  closeGallery?.();
  closeGallery = start = null;
  main.replaceChildren();
  pages[phase]();
}

const pages = {
  gallery() {
    closeGallery = openGallery(connection, main);
  },
  start() {
    start = makeStart(state.notice, state.home ?? state.folder);
  },
  busy() {
    const words = "Reading the pictures and comparing them. The terminal shows how far it is.";
    const bar = element("div", { className: "app-busy" }, element("div"));
    page("One moment", element("p", { textContent: words, role: "status" }), bar);
  },
  closed() {
    page("Finished", element("p", { textContent: "Decisions are saved. You can close this tab." }));
  },
  lost() {
    page("Not connected", element("p", { textContent: "dupviz review has ended. Start it again in the terminal." }));
  },
};

function page(title, ...parts) {
  main.replaceChildren(element("div", { className: "app-start" }, element("h2", { textContent: title }), ...parts));
}

// The start page: a path to type, and the folders there to choose from.
function makeStart(notice, home) {
  const path = element("input", { type: "text", value: home ?? "", spellcheck: false, aria: { label: "Folder" } });
  const go = element("button", { type: "submit", className: "app-main", textContent: "Find duplicates" });
  const form = element("form", { onsubmit: open }, path, go);
  const list = element("ul", { aria: { label: "Folders" } });
  const words = "Nothing is changed until you say so, and whatever moves can be moved back.";
  const problem = notice ? [element("p", { className: "app-notice", role: "alert", textContent: notice })] : [];
  page("Which folder?", element("p", { textContent: words }), ...problem, form, list);
  path.onchange = () => send({ do: "folders", path: path.value });
  send({ do: "folders", path: path.value });
  path.focus();

  function open(event) {
    event.preventDefault();
    send({ do: "open", path: path.value });
  }

  function choose(name) {
    send({ do: "folders", path: name });
  }

  return {
    list({ path: at, parent, names }) {
      path.value = at;
      const separator = at.includes("\\") ? "\\" : "/";
      const base = at.endsWith(separator) ? at : at + separator;
      const items = names.map((name) => [name, base + name]);
      if (parent !== at) items.unshift(["↑ the folder above", parent]);
      list.replaceChildren(
        ...items.map(([textContent, target]) =>
          element("li", {}, element("button", { type: "button", textContent, onclick: () => choose(target) })),
        ),
      );
    },
  };
}
