//! Puts the console's built files (`web/dist`) into the program.

use std::{
    env, fs,
    io::{Error, Result},
    path::{Path, PathBuf},
};

fn main() -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let entry = |file: &PathBuf| {
        let name = file.strip_prefix(&folder).map_err(Error::other)?;
        let name = name.to_string_lossy().replace('\\', "/");
        Ok(format!("    ({name:?}, include_bytes!({:?})),\n", file.display().to_string()))
    };
    let entries: Vec<String> = files.iter().map(entry).collect::<Result<_>>()?;
    let list = format!(
        "/// The files, by their paths.\nstatic FILES: &[(&str, &[u8])] = &[\n{}];\n",
        entries.concat()
    );
    let out = env::var_os("OUT_DIR").ok_or_else(|| Error::other("cargo sets OUT_DIR"))?;
    fs::write(PathBuf::from(out).join("console_files.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo:rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
