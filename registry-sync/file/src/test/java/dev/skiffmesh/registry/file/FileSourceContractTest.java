package dev.skiffmesh.registry.file;

import dev.skiffmesh.registry.core.SourceContractTest;
import dev.skiffmesh.registry.core.TestingRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileSourceContractTest extends SourceContractTest {

  @TempDir Path folder;

  @Override
  protected TestingRegistry registry() throws Exception {
    return new FolderRegistry(folder);
  }
}
