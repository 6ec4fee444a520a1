const form = document.querySelector('form');
const submit = document.querySelector('[type=submit]');
const [image, command, problem, stop, id, state, log] = [
  'image',
  'command',
  'problem',
  'stop',
  'id',
  'state',
  'log',
].map((name) => document.getElementById(name));
const PIECES_KEPT = 2_000;
let job;

const AWAY = 'The server cannot be reached. Try again.';

void offer();

/** Offers what may run; nothing can be submitted before, and if the server is away that is tried again. */
async function offer() {
  submit.disabled = true;
  try {
    const { images } = await (await fetch('/offer')).json();
    image.replaceChildren(...images.map((name) => new Option(name)));
    problem.textContent = '';
    submit.disabled = false;
  } catch {
    problem.textContent = 'The server cannot be reached. Trying again.';
    setTimeout(offer, 2_000);
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.textContent = '';
  const request = { engine: 'docker', image: image.value, command: ['sh', '-c', command.value] };
  try {
    const response = await fetch('/jobs', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const body = await response.json();
    if (response.ok) follow(body.id);
    else problem.textContent = body.message;
  } catch {
    problem.textContent = AWAY;
  }
});

stop.addEventListener('click', async () => {
  stop.disabled = true;
  try {
    await fetch(`/jobs/${job}/stop`, { method: 'POST' });
  } catch {
    problem.textContent = AWAY;
    stop.disabled = false;
  }
});

function follow(jobId) {
  job = jobId;
  id.textContent = id.title = jobId;
  submit.disabled = true;
  stop.disabled = false;
  const events = new EventSource(`/jobs/${jobId}/events`);
  const finish = (text) => {
    events.close();
    state.textContent = text;
    submit.disabled = false;
    stop.disabled = true;
  };
  // The browser reopens a broken stream, which starts from the beginning.
  events.addEventListener('open', () => log.replaceChildren());
  events.addEventListener('state', ({ data }) => {
    state.textContent = JSON.parse(data).state;
  });
  events.addEventListener('log', ({ data }) => {
    const { stream, text } = JSON.parse(data);
    const piece = document.createElement('span');
    piece.className = stream;
    piece.textContent = text;
    const followsEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    log.append(piece);
    if (log.childElementCount > PIECES_KEPT) log.firstElementChild.remove();
    if (followsEnd) log.scrollTop = log.scrollHeight;
  });
  events.addEventListener('end', ({ data }) => {
    const { state: last, exitCodes } = JSON.parse(data);
    finish(exitCodes.some((code) => code !== 0) ? `${last}, exit code ${exitCodes.join(', ')}` : last);
  });
  events.addEventListener('failure', ({ data }) => finish(JSON.parse(data).message));
  events.addEventListener('error', () => {
    if (events.readyState === EventSource.CLOSED) finish('The job can no longer be followed.');
  });
}
