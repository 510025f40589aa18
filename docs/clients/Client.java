// Numbers from stdin to a stream, verdicts to stdout; reconnects and resumes. JSON is put together by hand, so that nothing
// but the JDK is needed.
//
//     java Client.java PRODUCER STREAM [HOST [PORT]]
import java.io.*;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.regex.*;

public class Client {
  static final int IN_FLIGHT = 512; // points without a verdict; the server keeps 1,024
  static final Pattern SEQ = Pattern.compile("\"(?:last_)?seq\":(\\d+)");

  final String producer, host;
  final int port;
  final ArrayDeque<String> unanswered = new ArrayDeque<>();
  long seq = 0, first = 1;
  Socket socket;
  BufferedReader in;
  Writer out;

  Client(String producer, String host, int port) throws InterruptedException {
    this.producer = producer;
    this.host = host;
    this.port = port;
    connect();
  }

  void connect() throws InterruptedException {
    for (long pause = 100; ; pause = Math.min(2 * pause, 10_000)) {
      try {
        socket = new Socket(host, port);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), "UTF-8"));
        out = new OutputStreamWriter(socket.getOutputStream(), "UTF-8");
        write("{\"op\":\"hello\",\"producer\":\"" + producer + "\"}\n");
        String welcome = in.readLine();
        if (welcome == null) throw new EOFException("the server went away");
        if (!welcome.contains("\"welcome\"")) throw new IllegalStateException("refused: " + welcome);
        seq = Math.max(seq, seqOf(welcome));
        for (String line : unanswered) write(line);
        return;
      } catch (IOException failed) {
        System.err.println(failed.getMessage() + "; again in " + pause + " ms");
        Thread.sleep(pause);
      }
    }
  }

  void write(String line) throws IOException {
    out.write(line);
    out.flush();
  }

  static long seqOf(String line) {
    Matcher found = SEQ.matcher(line);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }

  void send(String stream, double value) throws InterruptedException {
    seq++;
    if (unanswered.isEmpty()) first = seq;
    String line = "{\"stream\":\"" + stream + "\",\"value\":" + value + ",\"seq\":" + seq + ",\"ts\":"
        + System.currentTimeMillis() + "}\n";
    unanswered.add(line);
    try {
      write(line);
    } catch (IOException failed) {
      connect();
    }
    await(IN_FLIGHT);
  }

  void await(int left) throws InterruptedException {
    while (unanswered.size() > left) {
      try {
        String line = in.readLine();
        if (line == null) throw new EOFException("the server went away");
        if (seqOf(line) != first) continue;
        unanswered.remove();
        first++;
        System.out.println(line);
      } catch (IOException failed) {
        connect();
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Client client = new Client(args[0], args.length > 2 ? args[2] : "127.0.0.1",
        args.length > 3 ? Integer.parseInt(args[3]) : 7171);
    BufferedReader numbers = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = numbers.readLine()) != null; ) client.send(args[1], Double.parseDouble(line));
    client.await(0);
  }
}
