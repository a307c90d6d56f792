// Correction: a socket of zeromq 6 takes one message at a time and throws at the next ("busy writing").

/**
 * Makes `send` wait for its turn. A message to an idle socket still goes out at once, so that the last words
 * of a process are heard. Returns a function that promises that all was sent.
 *
 * @param {{ send: (frames: any) => Promise<void>, closed: boolean }} socket
 */
function sendInTurn(socket) {
  const send = socket.send.bind(socket);
  let waiting = 0;
  let last = Promise.resolve();
  socket.send = frames => {
    const sent = waiting === 0 ? send(frames) : last.then(() => send(frames));
    waiting++;
    last = sent
      .catch(error => {
        if (!socket.closed) throw error;
      })
      .finally(() => {
        waiting--;
      });
    return last;
  };
  return () => last;
}

module.exports = { sendInTurn };
