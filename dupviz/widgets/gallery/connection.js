// A way to Python: the state that is shown, and questions, each with its answer.

// Questions over any transport: `send` takes a message. Each has a number, by which its answer is known.
export function makeQuestions(send) {
  const asked = new Map(); // number → what to do with the answer
  let id = Math.floor(Math.random() * 2 ** 48); // all views of a widget hear all answers: each counts from elsewhere

  return {
    // What Python answers: `pictures`, and what `Answer` in states.py has. An Error with the reason, if it refuses.
    ask(step, values = {}) {
      id += 1;
      const answered = new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
      send({ do: step, id, ...values });
      return answered;
    },
    receive(answer, pictures) {
      const question = asked.get(answer.id);
      asked.delete(answer.id);
      if (answer.refused) question?.reject(new Error(answer.refused));
      else question?.resolve({ ...answer, pictures });
    },
  };
}

// The transport of Jupyter.
export function connect(model) {
  const questions = makeQuestions((message) => model.send(message));
  return {
    state: () => model.get("state"),
    ask: questions.ask,
    listen(onState) {
      model.on("change:state", onState);
      model.on("msg:custom", questions.receive);
      return () => {
        model.off("change:state", onState);
        model.off("msg:custom", questions.receive);
      };
    },
  };
}
