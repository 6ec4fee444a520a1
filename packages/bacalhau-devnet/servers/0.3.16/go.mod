module bacalhau-devnet/server-legacy
go 1.19
require github.com/filecoin-project/bacalhau v0.3.16
