package dev.rlmbeam.transforms.model.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The thread of a {@link ModelServer}: reads requests, keeps delays, writes replies. */
final class ServerLoop implements Runnable {

  /** Something to be done at a time. */
  private record Timer(long nanoTime, long order, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(nanoTime - other.nanoTime, 0);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final ModelServer.Script script;
  private final ModelServer server;
  private final Selector selector;
  private final ServerSocketChannel listener;
  private final Thread thread;
  private final int port;
  private final Queue<Runnable> handedIn = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  // The rest is the thread's own.
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final byte[] buffer = new byte[128 * 1024];
  private long timersMade;

  ServerLoop(int port, ModelServer.Script script, ModelServer server) throws IOException {
    this.script = script;
    this.server = server;
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(
        new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 1024);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    this.port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
    thread = new Thread(this, "model-server-" + this.port);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  int port() {
    return port;
  }

  @Override
  public void run() {
    try {
      while (!closed) {
        selector.select(this::ready, millisToNextTimer());
        runTimers();
        for (Runnable task = handedIn.poll(); task != null; task = handedIn.poll()) {
          task.run();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the model server on port " + port + " failed", e);
    } finally {
      closeAll();
    }
  }

  /** 0 means for ever to the selector, so a timer that is due makes it 1. */
  private long millisToNextTimer() {
    Timer next = timers.peek();
    if (next == null) {
      return 0;
    }
    long nanos = next.nanoTime() - System.nanoTime();
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
  }

  private void runTimers() {
    while (!timers.isEmpty() && timers.peek().nanoTime() - System.nanoTime() <= 0) {
      timers.remove().task().run();
    }
  }

  private void after(Duration delay, Runnable task) {
    if (delay.isZero()) {
      task.run();
    } else {
      timers.add(new Timer(System.nanoTime() + delay.toNanos(), timersMade++, task));
    }
  }

  private void ready(SelectionKey key) {
    if (key.isAcceptable()) {
      accept();
      return;
    }
    ServerConnection connection = (ServerConnection) key.attachment();
    try {
      if (key.isReadable() && !connection.read(buffer)) {
        end(connection, false);
        return;
      }
      if (key.isValid() && key.isWritable()) {
        connection.flush();
      }
      serve(connection);
    } catch (RuntimeException e) {
      // What came is no HTTP; there is no way to go on with this client.
      end(connection, true);
    }
  }

  private void accept() {
    try {
      SocketChannel channel = listener.accept();
      if (channel == null) {
        return;
      }
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      key.attach(new ServerConnection(channel, key));
    } catch (IOException e) {
      throw new UncheckedIOException("no connection could be taken; too many open files?", e);
    }
  }

  private void serve(ServerConnection connection) {
    if (!connection.open() || connection.answering()) {
      return;
    }
    Optional<HttpRequestReader.Request> next = connection.requests().next();
    if (next.isEmpty()) {
      return;
    }
    HttpRequestReader.Request request = next.get();
    connection.answering(true);
    ServerReply reply = reply(request);
    Runnable delivery = () -> after(reply.delay(), () -> deliver(connection, reply));
    if (reply.gate().isDone()) {
      delivery.run();
    } else {
      CompletableFuture<?> unused = reply.gate().whenComplete((value, e) -> onThread(delivery));
    }
  }

  /** Has the thread do something that another one, or the thread itself, comes upon. */
  private void onThread(Runnable task) {
    handedIn.add(task);
    selector.wakeup();
  }

  private ServerReply reply(HttpRequestReader.Request request) {
    long number = server.begun();
    if (!request.method().equals("POST") || !request.path().contains("/chat/completions")) {
      return ServerReply.error(404, "not_found", "POST …/chat/completions is all there is here");
    }
    try {
      return script.reply(new ModelCall(number, request.path(), request.headers(), request.body()));
    } catch (RuntimeException e) {
      return ServerReply.error(500, "script_failed", "the script of call " + number + ": " + e);
    }
  }

  private void deliver(ServerConnection connection, ServerReply reply) {
    if (!connection.open()) {
      return;
    }
    byte[] body = reply.bodyBytes();
    byte[] half = Arrays.copyOf(body, body.length / 2);
    switch (reply.delivery()) {
      case NEVER -> {}
      case RESET -> {
        answered(connection);
        connection.close(true);
      }
      case CUT_OFF -> {
        answered(connection);
        connection.write(() -> connection.close(false), reply.head(), half);
      }
      case WHOLE -> {
        if (reply.bodyDelay().isZero()) {
          answered(connection);
          connection.write(() -> serve(connection), reply.head(), body);
        } else {
          byte[] rest = Arrays.copyOfRange(body, half.length, body.length);
          Runnable second =
              () -> {
                answered(connection);
                connection.write(() -> serve(connection), rest);
              };
          connection.write(() -> after(reply.bodyDelay(), second), reply.head(), half);
        }
      }
    }
  }

  /** Before the last bytes go out: a client that has them may look at the counts, or call again. */
  private void answered(ServerConnection connection) {
    connection.answering(false);
    server.ended(true);
  }

  private void end(ServerConnection connection, boolean reset) {
    connection.close(reset);
    if (connection.answering()) {
      connection.answering(false);
      server.ended(false);
    }
  }

  private void closeAll() {
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof ServerConnection connection) {
        end(connection, true);
      }
    }
    try {
      listener.close();
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the model server on port " + port + " did not close", e);
    }
  }

  /** Idempotent; returns when the thread has ended. */
  void close() {
    closed = true;
    selector.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // The thread ends at once: the interrupt is kept for the caller.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
