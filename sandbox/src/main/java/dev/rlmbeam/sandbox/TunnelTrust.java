package dev.rlmbeam.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Whose certificates are believed: those that this machine's Java believes, and perhaps more. There
 * is no way to believe everybody. Immutable.
 */
public final class TunnelTrust {
  private static final TunnelTrust SYSTEM = new TunnelTrust(List.of());

  private final List<X509Certificate> added;

  private TunnelTrust(List<X509Certificate> added) {
    this.added = List.copyOf(added);
  }

  /** What this machine's Java believes. */
  public static TunnelTrust ofSystem() {
    return SYSTEM;
  }

  /**
   * The same and these authorities.
   *
   * @param pem certificates in PEM
   * @param origin where they are from, for the message
   * @throws SandboxSetupException when there is none among them
   */
  public static TunnelTrust also(String pem, String origin) {
    try {
      List<X509Certificate> found = new ArrayList<>();
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
          .forEach(one -> found.add((X509Certificate) one));
      if (!found.isEmpty()) {
        return new TunnelTrust(found);
      }
    } catch (CertificateException e) {
      throw new SandboxSetupException(
          "the authority's certificate from " + origin + " cannot be read: " + e.getMessage(), e);
    }
    throw new SandboxSetupException("there is no certificate in PEM in " + origin);
  }

  /**
   * The same and the authorities of this file.
   *
   * @throws SandboxSetupException when it cannot be read or holds none
   */
  public static TunnelTrust alsoIn(Path pem) {
    try {
      return also(Files.readString(pem), pem.toString());
    } catch (IOException e) {
      throw new SandboxSetupException(pem + " cannot be read: " + e, e);
    }
  }

  /** Whether a connection came to nothing because its certificate is not believed. */
  public static boolean isRefusal(Throwable trouble) {
    for (Throwable cause = trouble; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException
          || cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException
          || cause instanceof SSLPeerUnverifiedException) {
        return true;
      }
    }
    return false;
  }

  /** The authorities beside those of the system. */
  public List<X509Certificate> added() {
    return added;
  }
}
