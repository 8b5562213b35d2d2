package dev.rlmbeam.sandbox;

import static com.google.common.truth.Truth.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentProgramTest {

  @Test
  void fitsIntoOneArgument() {
    List<String> command = AgentProgram.load().command("python3");

    assertThat(command.subList(0, 4)).containsExactly("python3", "-I", "-S", "-c").inOrder();
    assertThat(command.get(4).length()).isLessThan(AgentProgram.MAX_ARGUMENT_BYTES);
  }

  @Test
  void isTheSameFromAJar(@TempDir Path folder) throws Exception {
    Path classes =
        Path.of(AgentProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path jar = folder.resolve("with a space.jar");
    pack(classes, jar);
    List<URL> urls = new ArrayList<>(List.of(jar.toUri().toURL()));
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      if (entry.endsWith(".jar")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }

    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> program = loader.loadClass(AgentProgram.class.getName());
      Object loaded = program.getMethod("load").invoke(null);
      Object command = program.getMethod("command", String.class).invoke(loaded, "python3");

      assertThat(command).isEqualTo(AgentProgram.load().command("python3"));
    }
  }

  /** Python itself says so: the trees of both are the same, but for the docstrings. */
  @Test
  void packsTheSourcesAndLeavesOutOnlyProse() throws Exception {
    Path classes =
        Path.of(AgentProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    String check =
        """
        import ast, base64, glob, json, os, re, sys, zlib
        def tree(source):
            tree = ast.parse(source)
            for node in ast.walk(tree):
                body = getattr(node, "body", None)
                if isinstance(body, list) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                    body[0].value = ast.Constant(0)
            return ast.dump(tree), [node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)]
        argument = sys.stdin.read()
        packed = re.search(r'a2b_base64[(]"([^"]*)"', argument).group(1)
        modules = json.loads(zlib.decompress(base64.b64decode(packed)))
        ast.parse(argument)
        for path in glob.glob(os.path.join(sys.argv[1], "rlm_agent", "*.py")):
            name = os.path.basename(path)[:-3]
            if name != "bootstrap":
                assert tree(modules.pop(name)) == tree(open(path, encoding="utf-8").read()), name
        assert not modules, modules.keys()
        """;
    Process python =
        new ProcessBuilder("python3", "-c", check, classes.toString())
            .redirectErrorStream(true)
            .start();
    try (OutputStream in = python.getOutputStream()) {
      in.write(AgentProgram.load().command("python3").get(4).getBytes(UTF_8));
    }

    String said = new String(python.getInputStream().readAllBytes(), UTF_8);

    assertThat(said).isEmpty();
    assertThat(python.waitFor()).isEqualTo(0);
  }

  @Test
  void refusesToGrowTooLarge() {
    // Without any pattern that could be compressed away.
    StringBuilder noise = new StringBuilder();
    java.util.Random random = new java.util.Random(1);
    while (noise.length() < 100_000) {
      noise.append((char) (33 + random.nextInt(90)));
    }
    Map<String, String> sources = Map.of("bootstrap", "@PAYLOAD@", "main", noise.toString());

    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> AgentProgram.pack(sources));

    assertThat(e).hasMessageThat().contains("at most 60000");
  }

  @Test
  void tellsTheAgentTheTokensHashAndNeverTheToken() {
    SandboxToken token = SandboxToken.random();

    String config =
        AgentProgram.config(SandboxSpec.defaults(), token, "tcp:127.0.0.1:0", "/w", "/c", true);

    assertThat(config).contains(token.sha256());
    assertThat(config).doesNotContain(token.authorization().substring("Bearer ".length()));
    assertThat(config).contains("\"leaseSeconds\":60.0");
    assertThat(config).contains("\"endWithStdin\":true");
    assertThat(token.toString()).isEqualTo("****");
  }

  private static void pack(Path classes, Path jar) throws Exception {
    try (Stream<Path> files = Files.walk(classes);
        OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
        Files.copy(path, out);
        out.closeEntry();
      }
    }
  }
}
