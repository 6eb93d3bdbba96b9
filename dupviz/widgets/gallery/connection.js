// A way to Python. Another transport needs these three: the state, a message there, and what comes back.

export function connect(model) {
  return {
    state: () => model.get("state"),
    send: (message) => model.send(message),
    listen(onState, onAnswer) {
      model.on("change:state", onState);
      model.on("msg:custom", onAnswer);
      return () => {
        model.off("change:state", onState);
        model.off("msg:custom", onAnswer);
      };
    },
  };
}
