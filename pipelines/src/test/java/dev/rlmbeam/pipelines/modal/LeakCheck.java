package dev.rlmbeam.pipelines.modal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.modal.proto.SandboxCreateV2Request;
import dev.rlmbeam.sandbox.testing.emulator.ModalEmulator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds secrets where something is kept or said. Of the sandboxes' tokens only hashes ever leave
 * the worker: so whatever looks like a token is hashed, and compared with those.
 *
 * @param secrets as they are
 * @param hashes SHA-256 of sandboxes' tokens
 */
record LeakCheck(Set<String> secrets, Set<String> hashes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** 32 bytes in hexadecimal, wherever they begin. */
  private static final Pattern TOKEN = Pattern.compile("(?=([0-9a-f]{64}))");

  /** Of Modal's, for one call or more. */
  private static final Pattern AUTH_TOKEN =
      Pattern.compile("eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]{8,}");

  /** The token that an emulator lets in, and those of all sandboxes that it was asked for. */
  static LeakCheck of(ModalEmulator emulator) throws IOException {
    Set<String> hashes = new HashSet<>();
    for (var request : emulator.requests().recorded()) {
      if (request.message() instanceof SandboxCreateV2Request create) {
        JsonNode agent =
            JSON.readTree(create.getEphemeralSecrets().getContentsOrThrow("RLM_AGENT_CONFIG"));
        hashes.add(agent.path("tokenSha256").asText());
      }
    }
    return new LeakCheck(Set.of(emulator.tokenSecret()), hashes);
  }

  /** What is wrong with a text; nothing, it is to be hoped. */
  List<String> leaks(String where, String text) {
    List<String> leaks = new ArrayList<>();
    if (secrets.stream().anyMatch(text::contains)) {
      leaks.add(where + " has a token's secret");
    }
    if (TOKEN.matcher(text).results().anyMatch(one -> hashes.contains(sha256(one.group(1))))) {
      leaks.add(where + " has a sandbox's token");
    }
    if (AUTH_TOKEN.matcher(text).find()) {
      leaks.add(where + " has an auth token");
    }
    return leaks;
  }

  /** The same of all files of a folder and those below. */
  List<String> leaks(Path folder) throws IOException {
    List<String> leaks = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        leaks.addAll(leaks(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1)));
      }
    }
    return leaks;
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
