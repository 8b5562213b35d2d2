package dev.rlmbeam.sandbox.repl;

import dev.rlmbeam.sandbox.TunnelTrust;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.tls.HandshakeCertificates;

/**
 * What the tunnels of a worker share: the HTTP connections, and the threads that carry answers and
 * long calls. Thread-safe. Whoever creates it closes it, after the connections that use it.
 */
public final class TunnelHttp implements AutoCloseable {
  private final TunnelOptions options;
  private final ExecutorService executor;
  private final ConnectionPool connections = new ConnectionPool(256, 1, TimeUnit.MINUTES);
  private final OkHttpClient client;
  private final HeapShare queries = HeapShare.ofThisProcess();

  /** Believes whom this machine's Java believes. */
  public TunnelHttp(TunnelOptions options) {
    this(options, TunnelTrust.ofSystem());
  }

  /** With other certificates believed for tunnels over TLS. */
  public TunnelHttp(TunnelOptions options, TunnelTrust trust) {
    this.options = options;
    AtomicInteger number = new AtomicInteger();
    ThreadFactory threads =
        task -> {
          Thread thread = new Thread(task, "tunnel-call-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    executor = Executors.newCachedThreadPool(threads);
    Dispatcher dispatcher = new Dispatcher(executor);
    // The limits are meant for strangers' servers; here each host is one agent of ours, and a
    // session that waits for a slot here would wait for its neighbours' uploads.
    dispatcher.setMaxRequests(4096);
    dispatcher.setMaxRequestsPerHost(4096);
    OkHttpClient.Builder builder = new OkHttpClient.Builder();
    if (!trust.added().isEmpty()) {
      HandshakeCertificates believed = believed(trust);
      builder.sslSocketFactory(believed.sslSocketFactory(), believed.trustManager());
    }
    client =
        builder
            .socketFactory(new NoDelaySocketFactory())
            .proxySelector(new TunnelProxies())
            .dispatcher(dispatcher)
            .connectionPool(connections)
            .followRedirects(false)
            .followSslRedirects(false)
            .connectTimeout(options.connectTimeout())
            .readTimeout(options.callTimeout())
            .writeTimeout(options.callTimeout())
            .callTimeout(options.callTimeout())
            .build();
  }

  private static HandshakeCertificates believed(TunnelTrust trust) {
    HandshakeCertificates.Builder builder =
        new HandshakeCertificates.Builder().addPlatformTrustedCertificates();
    trust.added().forEach(builder::addTrustedCertificate);
    return builder.build();
  }

  TunnelOptions options() {
    return options;
  }

  OkHttpClient client() {
    return client;
  }

  /** What queries that nobody has answered yet may hold, those of all sandboxes together. */
  HeapShare queries() {
    return queries;
  }

  ExecutorService executor() {
    return executor;
  }

  /** Cancels what is under way and ends the threads. Idempotent; returns within a few seconds. */
  @Override
  public void close() {
    client.dispatcher().cancelAll();
    executor.shutdownNow();
    try {
      executor.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    connections.evictAll();
  }
}
