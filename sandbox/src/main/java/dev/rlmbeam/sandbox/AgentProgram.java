package dev.rlmbeam.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * The agent as one command, so that a sandbox needs nothing but a {@code python3}: its sources are
 * packed into the argument of {@code python3 -c}. Immutable.
 */
public final class AgentProgram {
  /** Modal refuses commands of 64 KiB and more in all; this leaves room for the rest of it. */
  static final int MAX_ARGUMENT_BYTES = 60_000;

  private static final String FOLDER = "/rlm_agent/";
  private static final String BOOTSTRAP = "bootstrap";
  private static final String PAYLOAD = "@PAYLOAD@";

  private final String argument;

  private AgentProgram(String argument) {
    this.argument = argument;
  }

  /**
   * Packs the agent that ships in this jar.
   *
   * @throws IllegalStateException when it is missing from the class path or has grown too large
   */
  public static AgentProgram load() {
    return pack(readSources());
  }

  static AgentProgram pack(Map<String, String> sources) {
    Map<String, String> modules = new TreeMap<>(sources);
    String bootstrap = modules.remove(BOOTSTRAP);
    if (bootstrap == null) {
      throw new IllegalStateException(
          "the agent's " + FOLDER + BOOTSTRAP + ".py is not on the class path; rebuild the jar");
    }
    modules.replaceAll((name, source) -> PythonSource.withoutProse(source));
    String argument =
        PythonSource.withoutProse(bootstrap).strip().replace(PAYLOAD, compress(modules));
    int bytes = argument.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_ARGUMENT_BYTES) {
      throw new IllegalStateException(
          "the agent takes " + bytes + " bytes as an argument; at most " + MAX_ARGUMENT_BYTES);
    }
    return new AgentProgram(argument);
  }

  /** The command that starts the agent with the given interpreter. */
  public List<String> command(String python) {
    return List.of(python, "-I", "-S", "-c", argument);
  }

  /**
   * The value of the environment variable {@code RLM_AGENT_CONFIG}.
   *
   * @param listen {@code tcp:HOST:PORT} or {@code unix:PATH}
   * @param workDir folder in the sandbox for sessions
   * @param contextsDir folder in the sandbox for contexts; must not be there yet
   * @param endWithStdin whether the agent ends when its stdin does
   */
  public static String config(
      SandboxSpec spec,
      SandboxToken token,
      String listen,
      String workDir,
      String contextsDir,
      boolean endWithStdin) {
    ObjectNode config = new ObjectMapper().createObjectNode();
    config.put("listen", listen);
    config.put("tokenSha256", token.sha256());
    config.put("leaseSeconds", spec.lease().toMillis() / 1000.0);
    config.put("workDir", workDir);
    config.put("contextsDir", contextsDir);
    config.put("sessionMemoryMib", spec.sessionMemoryMib());
    config.put("graceSeconds", spec.grace().toMillis() / 1000.0);
    config.put("outputBytes", spec.outputBytes());
    config.put("endWithStdin", endWithStdin);
    return config.toString();
  }

  private static String compress(Map<String, String> modules) {
    try {
      byte[] json = new ObjectMapper().writeValueAsBytes(modules);
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
      try (DeflaterOutputStream out = new DeflaterOutputStream(packed, deflater)) {
        out.write(json);
      } finally {
        deflater.end();
      }
      return Base64.getEncoder().encodeToString(packed.toByteArray());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings is always JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  /** The modules of the package by their names, from a folder of classes or from a jar. */
  private static Map<String, String> readSources() {
    URL bootstrap = AgentProgram.class.getResource(FOLDER + BOOTSTRAP + ".py");
    if (bootstrap == null) {
      return Map.of();
    }
    try {
      URLConnection connection = bootstrap.openConnection();
      return connection instanceof JarURLConnection jar
          ? readJar(jar.getJarFileURL(), jar.getEntryName())
          : readFolder(Path.of(bootstrap.toURI()).resolveSibling(""));
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException("the agent's sources cannot be read from " + bootstrap, e);
    }
  }

  private static Map<String, String> readFolder(Path folder) throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.py")) {
      for (Path file : files) {
        sources.put(moduleName(file.getFileName().toString()), Files.readString(file));
      }
    }
    return sources;
  }

  private static Map<String, String> readJar(URL url, String bootstrapEntry)
      throws IOException, URISyntaxException {
    String folder = bootstrapEntry.substring(0, bootstrapEntry.lastIndexOf('/') + 1);
    Map<String, String> sources = new TreeMap<>();
    // Opened anew and not taken from the connection: that one is a cache shared with others.
    try (JarFile jar = new JarFile(Path.of(URI.create(url.toString())).toFile())) {
      for (var entry : jar.stream().toList()) {
        String name = entry.getName();
        if (name.startsWith(folder) && name.endsWith(".py") && !entry.isDirectory()) {
          try (InputStream in = jar.getInputStream(entry)) {
            String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            sources.put(moduleName(name.substring(folder.length())), source);
          }
        }
      }
    }
    return sources;
  }

  private static String moduleName(String file) {
    return file.substring(0, file.length() - ".py".length());
  }
}
