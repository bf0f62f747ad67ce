// tlog_check reads a ledger with golang.org/x/mod's sumdb/tlog and sumdb/note,
// as the Go checksum database's clients do, and holds it to them: the
// checkpoint's signature, every leaf's place, and the proofs on standard input
// (see interop_ledger.c). Exit status 1 and one line if anything is false.
//
// Usage: tlog_check <folder log/> <size> < proofs
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

// folder gives tiles from disk. x/mod writes the height into the path, which
// C2SP tlog-tiles has not: tile/8/L/N is tile/L/N.
type folder string

func (f folder) Height() int { return height }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// open verifies the checkpoint and takes it apart.
func (f folder) open(vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	must(err, "vkey")
	bytes, err := os.ReadFile(filepath.Join(string(f), "checkpoint"))
	must(err, "checkpoint")
	signed, err := note.Open(bytes, note.VerifierList(verifier))
	must(err, "checkpoint")
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		must(fmt.Errorf("%q", signed.Text), "checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err, "checkpoint")
	root, err := tlog.ParseHash(lines[2])
	must(err, "checkpoint")
	return tlog.Tree{N: size, Hash: root}
}

// entries gives the leaves of one bundle.
func (f folder) entries(index, size int64) [][]byte {
	tile := tlog.Tile{H: height, L: 0, N: index, W: 256}
	if size-index*256 < 256 {
		tile.W = int(size - index*256)
	}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(string(f), path))
	must(err, path)
	var all [][]byte
	for len(data) >= 2 {
		n := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+n {
			break
		}
		all = append(all, data[2:2+n])
		data = data[2+n:]
	}
	if len(data) != 0 || len(all) != tile.W {
		must(fmt.Errorf("%d entries", len(all)), path)
	}
	return all
}

// checkLeaves looks up every leaf's hash in the tiles, which the reader checks
// up to the root.
func (f folder) checkLeaves(tree tlog.Tree, reader tlog.HashReader) {
	for first := int64(0); first < tree.N; first += 256 {
		var indexes []int64
		entries := f.entries(first/256, tree.N)
		for i := range entries {
			indexes = append(indexes,
				tlog.StoredHashIndex(0, first+int64(i)))
		}
		hashes, err := reader.ReadHashes(indexes)
		must(err, "tiles")
		for i, entry := range entries {
			if tlog.RecordHash(entry) != hashes[i] {
				must(fmt.Errorf("not as in its tile"),
					fmt.Sprintf("leaf %d", first+int64(i)))
			}
		}
	}
}

func parseHashes(words []string) []tlog.Hash {
	var hashes []tlog.Hash
	for _, word := range words {
		hash, err := tlog.ParseHash(word)
		must(err, "proof")
		hashes = append(hashes, hash)
	}
	return hashes
}

// checkProof holds one of our proofs to x/mod, and x/mod's own to ours.
func checkProof(line string, tree tlog.Tree, reader tlog.HashReader) {
	words := strings.Fields(line)
	n, err := strconv.ParseInt(words[1], 10, 64)
	must(err, line)
	hashes := parseHashes(words[2:])
	var theirs []tlog.Hash
	switch words[0] {
	case "inclusion":
		leaf := tlog.RecordHash([]byte(fmt.Sprintf("leaf %d", n)))
		must(tlog.CheckRecord(hashes, tree.N, tree.Hash, n, leaf), line)
		theirs, err = tlog.ProveRecord(tree.N, n, reader)
	case "consistency":
		old, err := tlog.TreeHash(n, reader)
		must(err, line)
		must(tlog.CheckTree(hashes, tree.N, tree.Hash, n, old), line)
		theirs, err = tlog.ProveTree(tree.N, n, reader)
		must(err, line)
	default:
		must(fmt.Errorf("no proof"), line)
	}
	must(err, line)
	if fmt.Sprint(theirs) != fmt.Sprint(hashes) {
		must(fmt.Errorf("x/mod has another proof"), line)
	}
}

func main() {
	log := folder(os.Args[1])
	scanner := bufio.NewScanner(os.Stdin)
	scanner.Scan()
	tree := log.open(strings.TrimPrefix(scanner.Text(), "vkey "))
	if strconv.FormatInt(tree.N, 10) != os.Args[2] {
		must(fmt.Errorf("%d leaves", tree.N), "checkpoint")
	}
	reader := tlog.TileHashReader(tree, log)
	log.checkLeaves(tree, reader)
	proofs := 0
	for ; scanner.Scan(); proofs++ {
		checkProof(scanner.Text(), tree, reader)
	}
	fmt.Printf("%d leaves, %d proofs\n", tree.N, proofs)
}
