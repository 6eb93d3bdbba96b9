// The socket is beside the page, wherever that is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { socketAddress } from "../../dupviz/app/address.js";

test("the socket is beside the page, and encrypted if the page is", () => {
  assert.equal(socketAddress("http://127.0.0.1:8000/"), "ws://127.0.0.1:8000/socket");
  assert.equal(socketAddress("https://nas.local/photos/?token=x#y"), "wss://nas.local/photos/socket");
  assert.equal(socketAddress("https://nas.local:8443/a/b/"), "wss://nas.local:8443/a/b/socket");
});
