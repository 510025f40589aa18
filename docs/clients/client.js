#!/usr/bin/env node
// Numbers from stdin to a stream, verdicts to stdout; reconnects and resumes.
//
//     node client.js PRODUCER STREAM [HOST [PORT]]
'use strict';
const net = require('net');
const readline = require('readline');

class Client {
  constructor(producer, onVerdict, host = '127.0.0.1', port = 7171) {
    Object.assign(this, {producer, onVerdict, host, port, seq: 0, unanswered: new Map(), ready: false, pause: 100});
    this.waiting = [];
    this.connect();
  }

  connect() {
    this.ready = false;
    this.socket = net.connect(this.port, this.host, () => {
      this.socket.write(JSON.stringify({op: 'hello', producer: this.producer}) + '\n');
    });
    let rest = '';
    this.socket.setEncoding('utf8');
    this.socket.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop(); // half a line when the connection breaks: its point is sent again
      for (const line of lines) this.take(JSON.parse(line));
    });
    this.socket.on('error', (failed) => console.error(failed.message));
    this.socket.on('close', () => {
      if (this.ended) return;
      setTimeout(() => this.connect(), this.pause);
      this.pause = Math.min(2 * this.pause, 10000);
    });
  }

  take(reply) {
    if (reply.type === 'welcome') {
      this.seq = Math.max(this.seq, reply.last_seq);
      this.pause = 100;
      this.ready = true;
      for (const line of this.unanswered.values()) this.socket.write(line);
    } else if (this.unanswered.delete(reply.seq)) {
      this.onVerdict(reply);
    }
    for (const go of this.waiting.splice(0)) go();
  }

  async until(condition) {
    while (!condition()) await new Promise((go) => this.waiting.push(go));
  }

  async send(stream, value, ts = Date.now()) {
    await this.until(() => this.seq > 0 || this.ready);
    await this.until(() => this.unanswered.size < 512);
    const seq = ++this.seq;
    this.unanswered.set(seq, JSON.stringify({stream, value, seq, ts}) + '\n');
    if (this.ready) this.socket.write(this.unanswered.get(seq));
  }

  async end() {
    await this.until(() => this.unanswered.size === 0);
    this.ended = true;
    this.socket.end();
  }
}

async function main([producer, stream, host, port]) {
  const client = new Client(producer, (verdict) => console.log(JSON.stringify(verdict)), host, port);
  for await (const line of readline.createInterface({input: process.stdin})) await client.send(stream, Number(line));
  await client.end();
}

main(process.argv.slice(2));
