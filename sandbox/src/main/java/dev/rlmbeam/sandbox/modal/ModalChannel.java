package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.TunnelTrust;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HandshakeCertificates;

/** Connections to Modal's control plane, set up as its own SDKs set them up. */
final class ModalChannel {
  private static final int MAX_MESSAGE_BYTES = 100 * 1024 * 1024;
  private static final int WINDOW_BYTES = 64 * 1024 * 1024;

  private ModalChannel() {}

  /** Connects when it is first used. The caller shuts it down. */
  static ManagedChannel open(URI server, TunnelTrust trust) {
    boolean encrypted = server.getScheme().equals("https");
    ChannelCredentials credentials =
        encrypted ? credentials(trust) : InsecureChannelCredentials.create();
    int port = server.getPort() > 0 ? server.getPort() : encrypted ? 443 : 80;
    return OkHttpChannelBuilder.forAddress(server.getHost(), port, credentials)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .flowControlWindow(WINDOW_BYTES)
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .disableRetry() // ours carry Modal's headers
        .build();
  }

  private static ChannelCredentials credentials(TunnelTrust trust) {
    HandshakeCertificates.Builder believed =
        new HandshakeCertificates.Builder().addPlatformTrustedCertificates();
    trust.added().forEach(believed::addTrustedCertificate);
    return TlsChannelCredentials.newBuilder().trustManager(believed.build().trustManager()).build();
  }
}
