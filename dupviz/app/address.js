// Where the socket is: beside the page, wherever a proxy has put it, and encrypted if the page is.

export function socketAddress(page) {
  const address = new URL("socket", page);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}
